// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "made_elf.h"
#include "made_kallsyms.h"
#include "target/modules.h"
#include "target/symbols.h"
#include "test.h"

static const struct made_symbol made[] = {
	{ 0x0, "A__per_cpu_start" },
	{ MADE_BASE, "T_text" },
	{ MADE_BASE, "T_stext" },
	{ MADE_BASE + 0x10, "tshow" },
	{ MADE_BASE + 0x20, "tunique" },
	{ MADE_BASE + 0x40, "dshow" },
	{ MADE_BASE + 0x50, "tshow" },
};

/* A folder with a kernel in it: its vmlinux, and nothing else yet. */
struct place {
	char *folder;
	struct kernel kernel;
};

static void write_bytes(const char *path, const struct buffer *bytes)
{
	struct error err = ERROR_INIT;

	assert_ok(file_write(path, bytes->data, bytes->size, 0644, false, &err), err);
}

static void write_vmlinux(const char *path, const struct made_symbol *symbols, size_t count)
{
	auto_buffer struct buffer tables = BUFFER_INIT;
	auto_buffer struct buffer file = BUFFER_INIT;

	make_kallsyms(symbols, count, MADE_6_12, true, &tables);

	const struct made_section sections[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, MADE_BASE, "code", 4, 0 },
		{ ".rodata", SHT_PROGBITS, SHF_ALLOC, MADE_BASE + 0x1000000, tables.data,
		  tables.size, 0 },
	};

	make_elf(sections, ARRAY_SIZE(sections), ET_EXEC, &file);
	write_bytes(path, &file);
}

static int set_up(void **state)
{
	struct place *place = xcalloc(1, sizeof(*place));
	struct error err = ERROR_INIT;

	assert_ok(directory_make_temporary("/tmp", &place->folder, &err), err);
	place->kernel.folder = place->folder;
	place->kernel.modules = place->folder;
	place->kernel.vmlinux = path_join(place->folder, "vmlinux");
	write_vmlinux(place->kernel.vmlinux, made, ARRAY_SIZE(made));
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	struct error err = ERROR_INIT;

	assert_ok(directory_remove(place->folder, &err), err);
	free(place->kernel.vmlinux);
	free(place->folder);
	free(place);
	return 0;
}

static void assert_table_is_made(const struct symbol_table *table)
{
	assert_int_equal(table->count, ARRAY_SIZE(made));
	for (size_t i = 0; i < table->count; i++) {
		assert_string_equal(table->items[i].name, made[i].text + 1);
		assert_int_equal(table->items[i].address, made[i].address);
		assert_int_equal(table->items[i].type, made[i].text[0]);
		assert_null(table->items[i].section);
	}

	size_t show = symbol_first(table, "show");

	assert_int_equal(show, 3);
	assert_int_equal(symbol_next(table, 3), 5);
	assert_int_equal(symbol_next(table, 5), 6);
	assert_true(symbol_next(table, 6) == SIZE_MAX);
	assert_int_equal(symbol_count(table, "show"), 3);
	assert_int_equal(symbol_sympos(table, 3), 1);
	assert_int_equal(symbol_sympos(table, 5), 2);
	assert_int_equal(symbol_sympos(table, 6), 3);
	assert_int_equal(symbol_sympos(table, symbol_first(table, "unique")), 0);
	assert_true(symbol_first(table, "sho") == SIZE_MAX);
	assert_true(symbol_first(table, "") == SIZE_MAX);
	assert_int_equal(symbol_at(table, MADE_BASE), 1);
	assert_int_equal(symbol_at(table, MADE_BASE + 0x50), 6);
	assert_true(symbol_at(table, MADE_BASE + 0x51) == SIZE_MAX);
	assert_true(symbol_at(table, MADE_BASE + 1) == SIZE_MAX);
}

static void a_kernels_symbols_are_found_by_name_position_and_address(void **state)
{
	const struct place *place = *state;
	auto_symbol_table struct symbol_table *table = NULL;
	struct error err = ERROR_INIT;

	assert_ok(symbols_of_kernel(&place->kernel, &table, &err), err);
	assert_table_is_made(table);
}

static void the_stored_table_is_the_same_and_is_used(void **state)
{
	const struct place *place = *state;
	auto_symbol_table struct symbol_table *first = NULL;
	auto_symbol_table struct symbol_table *second = NULL;
	auto_free uint8_t *zeros = NULL;
	struct error err = ERROR_INIT;
	struct stat info;

	assert_ok(symbols_of_kernel(&place->kernel, &first, &err), err);

	/* What stands in the vmlinux is gone now, but size and time are the same. */
	assert_int_equal(stat(place->kernel.vmlinux, &info), 0);
	zeros = xcalloc(1, (size_t)info.st_size);
	assert_ok(file_write(place->kernel.vmlinux, zeros, (size_t)info.st_size, 0644, false, &err),
		  err);

	const struct timespec times[2] = { info.st_atim, info.st_mtim };

	assert_int_equal(utimensat(AT_FDCWD, place->kernel.vmlinux, times, 0), 0);
	assert_ok(symbols_of_kernel(&place->kernel, &second, &err), err);
	assert_table_is_made(second);
}

static void a_stored_table_of_another_vmlinux_is_not_used(void **state)
{
	const struct place *place = *state;
	auto_symbol_table struct symbol_table *first = NULL;
	auto_symbol_table struct symbol_table *second = NULL;
	struct error err = ERROR_INIT;

	assert_ok(symbols_of_kernel(&place->kernel, &first, &err), err);
	write_vmlinux(place->kernel.vmlinux, made, ARRAY_SIZE(made) - 1);
	assert_ok(symbols_of_kernel(&place->kernel, &second, &err), err);
	assert_int_equal(second->count, ARRAY_SIZE(made) - 1);
}

static void a_stored_table_that_was_cut_or_changed_does_no_harm(void **state)
{
	const struct place *place = *state;
	auto_free char *path = path_join(place->folder, "symbols");
	auto_symbol_table struct symbol_table *first = NULL;
	auto_buffer struct buffer stored = BUFFER_INIT;
	struct error err = ERROR_INIT;

	assert_ok(symbols_of_kernel(&place->kernel, &first, &err), err);
	assert_ok(file_read(path, 1 << 20, &stored, &err), err);
	for (size_t at = 0; at < stored.size; at++) {
		auto_symbol_table struct symbol_table *cut = NULL;
		auto_symbol_table struct symbol_table *changed = NULL;
		struct buffer part = { .data = stored.data, .size = at };

		write_bytes(path, &part);
		assert_ok(symbols_of_kernel(&place->kernel, &cut, &err), err);
		assert_table_is_made(cut);

		/* A changed name or address is not noticed, but every search must end. */
		stored.data[at] ^= 0xff;
		write_bytes(path, &stored);
		stored.data[at] ^= 0xff;
		assert_ok(symbols_of_kernel(&place->kernel, &changed, &err), err);
		assert_int_equal(changed->count, ARRAY_SIZE(made));
		for (size_t i = 0; i < ARRAY_SIZE(made); i++)
			assert_in_range(symbol_count(changed, made[i].text + 1), 0,
					ARRAY_SIZE(made));
	}
}

static void a_vmlinux_without_tables_is_an_error_and_stores_nothing(void **state)
{
	const struct place *place = *state;
	auto_free char *path = path_join(place->folder, "symbols");
	auto_symbol_table struct symbol_table *table = NULL;
	auto_buffer struct buffer file = BUFFER_INIT;
	static const char nothing[4096] = "nothing here";
	const struct made_section sections[] = {
		{ ".rodata", SHT_PROGBITS, SHF_ALLOC, MADE_BASE, nothing, sizeof(nothing), 0 },
	};
	struct error err = ERROR_INIT;

	make_elf(sections, ARRAY_SIZE(sections), ET_EXEC, &file);
	write_bytes(place->kernel.vmlinux, &file);
	assert_fails(symbols_of_kernel(&place->kernel, &table, &err), err, ERROR_NOT_FOUND,
		     place->kernel.vmlinux);
	assert_false(file_exists(path));
}

/* Symbol tables of ELF: names stand in one text, offsets of them in the symbols. */
static const char strings[] = "\0here.c\0work\0table\0outside\0weak\0__per_cpu_start\0__crc_work";
enum { HERE = 1, WORK = 8, TABLE = 13, OUTSIDE = 19, WEAK = 27, PERCPU = 32, CRC = 48 };

#define SYMBOL(n, bind, kind, section, v, s)                                                       \
	{                                                                                          \
		.st_name = (n), .st_info = ELF64_ST_INFO(bind, kind), .st_shndx = (section),       \
		.st_value = (v), .st_size = (s)                                                    \
	}

static const Elf64_Sym module_symbols[] = {
	{ 0 },
	SYMBOL(HERE, STB_LOCAL, STT_FILE, SHN_ABS, 0, 0),
	SYMBOL(0, STB_LOCAL, STT_SECTION, 1, 0, 0),
	SYMBOL(WORK, STB_LOCAL, STT_FUNC, 1, 0x20, 5),
	SYMBOL(WORK, STB_LOCAL, STT_FUNC, 1, 0x10, 6),
	SYMBOL(TABLE, STB_GLOBAL, STT_OBJECT, 2, 0x8, 16),
	SYMBOL(OUTSIDE, STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0, 0),
	SYMBOL(WEAK, STB_WEAK, STT_FUNC, 1, 0x30, 7),
};

static void make_module(struct buffer *into)
{
	static const uint8_t bytes[64];
	const struct made_section sections[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0, bytes, sizeof(bytes), 0 },
		{ ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0, bytes, sizeof(bytes), 0 },
		{ ".symtab", SHT_SYMTAB, 0, 0, module_symbols, sizeof(module_symbols), 4 },
		{ ".strtab", SHT_STRTAB, 0, 0, strings, sizeof(strings), 0 },
	};

	make_elf(sections, ARRAY_SIZE(sections), ET_REL, into);
}

static void a_modules_symbols_come_in_the_order_of_its_table(void **state)
{
	const struct place *place = *state;
	auto_free char *path = path_join(place->folder, "some.ko");
	auto_symbol_table struct symbol_table *table = NULL;
	auto_buffer struct buffer file = BUFFER_INIT;
	struct error err = ERROR_INIT;

	make_module(&file);
	write_bytes(path, &file);
	assert_ok(symbols_of_module(path, &table, &err), err);
	assert_int_equal(table->count, 5); /* undefined ones and those without a name do not count */

	size_t work = symbol_first(table, "work");

	assert_int_equal(table->items[work].address, 0x20);
	assert_int_equal(table->items[work].size, 5);
	assert_int_equal(table->items[work].type, 't');
	assert_string_equal(table->items[work].section, ".text");
	assert_int_equal(symbol_sympos(table, work), 1);
	work = symbol_next(table, work);
	assert_int_equal(table->items[work].address, 0x10);
	assert_int_equal(symbol_sympos(table, work), 2);

	const struct symbol *object = &table->items[symbol_first(table, "table")];

	assert_int_equal(object->type, 'D');
	assert_string_equal(object->section, ".data");
	assert_int_equal(table->items[symbol_first(table, "weak")].type, 'W');
	assert_true(symbol_first(table, "outside") == SIZE_MAX);
}

/* The kernel counts symbols of init sections while the module comes, and not afterwards. */
static void a_sympos_that_changes_after_init_is_known(void **state)
{
	static const uint8_t bytes[64];
	static const Elf64_Sym symbols[] = {
		{ 0 },
		SYMBOL(WORK, STB_LOCAL, STT_FUNC, 1, 0x10, 6), /* first: always 1 */
		SYMBOL(WORK, STB_LOCAL, STT_FUNC, 2, 0x10, 6), /* only while it comes */
		SYMBOL(WORK, STB_LOCAL, STT_FUNC, 1, 0x20, 5), /* 3, then 2 */
		SYMBOL(TABLE, STB_LOCAL, STT_FUNC, 1, 0x30, 5),
	};
	const struct made_section sections[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0, bytes, 64, 0 },
		{ ".init.text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0, bytes, 64, 0 },
		{ ".symtab", SHT_SYMTAB, 0, 0, symbols, sizeof(symbols), 4 },
		{ ".strtab", SHT_STRTAB, 0, 0, strings, sizeof(strings), 0 },
	};
	static const bool stable[] = { true, false, false, true };
	const struct place *place = *state;
	auto_free char *path = path_join(place->folder, "some.ko");
	auto_symbol_table struct symbol_table *table = NULL;
	auto_buffer struct buffer file = BUFFER_INIT;
	struct error err = ERROR_INIT;

	make_elf(sections, ARRAY_SIZE(sections), ET_REL, &file);
	write_bytes(path, &file);
	assert_ok(symbols_of_module(path, &table, &err), err);
	assert_int_equal(table->count, ARRAY_SIZE(stable));
	for (size_t i = 0; i < table->count; i++)
		assert_int_equal(symbol_has_stable_sympos(table, i), stable[i]);
	assert_int_equal(symbol_sympos(table, 0), 1);
	assert_int_equal(symbol_sympos(table, 3), 0);
}

static void every_truncation_of_a_module_is_an_error(void **state)
{
	const struct place *place = *state;
	auto_free char *path = path_join(place->folder, "some.ko");
	auto_buffer struct buffer file = BUFFER_INIT;

	make_module(&file);
	for (size_t size = 0; size < file.size; size++) {
		auto_symbol_table struct symbol_table *table = NULL;
		struct buffer part = { .data = file.data, .size = size };
		struct error err = ERROR_INIT;

		write_bytes(path, &part);
		assert_fails(symbols_of_module(path, &table, &err), err, ERROR_INVALID, path);
	}
}

static void a_module_may_be_packed_as_distributions_do_it(void **state)
{
	static const struct {
		const char *name, *argv[4];
	} packers[] = {
		{ "some.ko.gz", { "gzip", "-nc" } },
		{ "some.ko.xz", { "xz", "--check=crc32", "-c" } },
		{ "some.ko.zst", { "zstd", "-qc" } },
	};
	const struct place *place = *state;
	auto_buffer struct buffer file = BUFFER_INIT;

	make_module(&file);
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		const struct process_spec spec = {
			.argv = packers[i].argv, .input = file.data, .input_size = file.size,
		};
		auto_free char *path = path_join(place->folder, packers[i].name);
		auto_process_result struct process_result result = { 0 };
		auto_symbol_table struct symbol_table *table = NULL;
		auto_symbol_table struct symbol_table *none = NULL;
		struct error err = ERROR_INIT;

		assert_ok(process_run_ok(&spec, &result, &err), err);
		write_bytes(path, &result.out);
		assert_ok(symbols_of_module(path, &table, &err), err);
		assert_int_equal(symbol_count(table, "work"), 2);

		buffer_add(&result.out, "more", 4);
		write_bytes(path, &result.out);
		assert_fails(symbols_of_module(path, &none, &err), err, ERROR_INVALID,
			     "4 bytes too many");
		result.out.size /= 2;
		write_bytes(path, &result.out);
		assert_fails(symbols_of_module(path, &none, &err), err, ERROR_INVALID,
			     "ends too early");
	}
}

static void a_signature_behind_a_module_is_cut_off(void **state)
{
	static const char end[] = "\0\0\2\0\0\0\0\0\0\0\0\7~Module signature appended~\n";
	const struct place *place = *state;
	auto_free char *path = path_join(place->folder, "some.ko");
	auto_buffer struct buffer file = BUFFER_INIT;
	auto_buffer struct buffer module = BUFFER_INIT;
	auto_buffer struct buffer none = BUFFER_INIT;
	struct error err = ERROR_INIT;

	make_module(&file);

	size_t size = file.size;

	buffer_add(&file, "pkcs#7!", 7);
	buffer_add(&file, end, sizeof(end) - 1);
	write_bytes(path, &file);
	assert_ok(module_read(path, &module, &err), err);
	assert_int_equal(module.size, size);
	assert_memory_equal(module.data, file.data, size);

	file.data[file.size - 28 - 4] = 0x7f; /* two gigabytes of signature */
	write_bytes(path, &file);
	assert_fails(module_read(path, &none, &err), err, ERROR_INVALID, "longer than the file");
	assert_int_equal(none.size, 0);
}

static void a_module_is_found_by_the_kernels_name_for_it(void **state)
{
	const struct place *place = *state;
	auto_free char *folder = path_join(place->folder, "drivers");
	auto_free char *wanted = path_join(folder, "dm-mod.ko.xz");
	auto_free char *other = path_join(folder, "dm-mod-extra.ko");
	auto_free char *found = NULL;
	struct error err = ERROR_INIT;

	assert_ok(directory_make(folder, &err), err);
	assert_ok(file_write_text(wanted, "x", &err), err);
	assert_ok(file_write_text(other, "x", &err), err);
	assert_ok(module_find(&place->kernel, "dm_mod", &found, &err), err);
	assert_string_equal(found, wanted);
	assert_fails(module_find(&place->kernel, "dm", &found, &err), err, ERROR_NOT_FOUND,
		     "no module dm");

	auto_free char *twice = path_join(place->folder, "dm_mod.ko");

	assert_ok(file_write_text(twice, "x", &err), err);
	assert_fails(module_find(&place->kernel, "dm-mod", &found, &err), err, ERROR_INVALID,
		     "twice");
}

/* As nm, mksysmap and scripts/kallsyms.c would have it. */
static void a_vmlinux_with_symbols_gives_what_kallsyms_would_have(void **state)
{
	static const uint8_t bytes[64];
	static const Elf64_Sym symbols[] = {
		{ 0 },
		SYMBOL(HERE, STB_LOCAL, STT_FILE, SHN_ABS, 0, 0),
		SYMBOL(CRC, STB_LOCAL, STT_NOTYPE, 1, MADE_BASE, 0),
		SYMBOL(WORK, STB_LOCAL, STT_FUNC, 1, MADE_BASE + 0x20, 5),
		SYMBOL(WEAK, STB_WEAK, STT_FUNC, 1, MADE_BASE + 0x10, 7),
		SYMBOL(TABLE, STB_LOCAL, STT_FUNC, 1, MADE_BASE + 0x10, 7),
		SYMBOL(WORK, STB_LOCAL, STT_FUNC, 1, MADE_BASE + 0x8, 6),
		SYMBOL(OUTSIDE, STB_GLOBAL, STT_NOTYPE, SHN_ABS, 0x55, 0),
	};
	const struct made_section sections[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, MADE_BASE, bytes, 64, 0 },
		{ ".symtab", SHT_SYMTAB, 0, 0, symbols, sizeof(symbols), 3 },
		{ ".strtab", SHT_STRTAB, 0, 0, strings, sizeof(strings), 0 },
	};
	const struct place *place = *state;
	struct kernel kernel = place->kernel;
	auto_symbol_table struct symbol_table *table = NULL;
	auto_buffer struct buffer file = BUFFER_INIT;
	struct error err = ERROR_INIT;

	make_elf(sections, ARRAY_SIZE(sections), ET_EXEC, &file);
	write_bytes(kernel.vmlinux, &file);
	kernel.has_debug = true;
	assert_ok(symbols_of_kernel(&kernel, &table, &err), err);
	assert_int_equal(table->count, 4);

	static const char *const names[] = { "work", "table", "weak", "work" };
	static const uint64_t addresses[] = { 0x8, 0x10, 0x10, 0x20 };

	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(table->items[i].name, names[i]);
		assert_int_equal(table->items[i].address, MADE_BASE + addresses[i]);
	}
	assert_int_equal(table->items[0].size, 6);
}

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PLACE(a_kernels_symbols_are_found_by_name_position_and_address),
		WITH_PLACE(the_stored_table_is_the_same_and_is_used),
		WITH_PLACE(a_stored_table_of_another_vmlinux_is_not_used),
		WITH_PLACE(a_stored_table_that_was_cut_or_changed_does_no_harm),
		WITH_PLACE(a_vmlinux_without_tables_is_an_error_and_stores_nothing),
		WITH_PLACE(a_modules_symbols_come_in_the_order_of_its_table),
		WITH_PLACE(a_sympos_that_changes_after_init_is_known),
		WITH_PLACE(every_truncation_of_a_module_is_an_error),
		WITH_PLACE(a_module_may_be_packed_as_distributions_do_it),
		WITH_PLACE(a_signature_behind_a_module_is_cut_off),
		WITH_PLACE(a_module_is_found_by_the_kernels_name_for_it),
		WITH_PLACE(a_vmlinux_with_symbols_gives_what_kallsyms_would_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
