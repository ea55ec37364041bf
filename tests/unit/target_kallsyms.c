// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "made_elf.h"
#include "made_kallsyms.h"
#include "target/kallsyms.h"
#include "test.h"

static char long_name[302]; /* 't' and 300 letters: its length needs two bytes */

static const struct made_symbol small[] = {
	{ 0x0, "A__per_cpu_start" },
	{ 0x1a40, "Akernel_stat" },
	{ MADE_BASE, "T_text" },
	{ MADE_BASE, "T_stext" },
	{ MADE_BASE + 0x10, "tkernel_init" },
	{ MADE_BASE + 0x20, long_name },
	{ MADE_BASE + 0x40, "Tdo_exit" },
	{ MADE_BASE + 0x50, "tkernel_init" },
	{ MADE_BASE + 0x2000000, "?__nosave_begin" },
	{ MADE_BASE + 0x3000000, "Bend" },
};

static void set_up_long_name(void)
{
	long_name[0] = 't';
	for (int i = 1; i <= 300; i++)
		long_name[i] = (char)('a' + i % 26);
}

static void assert_same(const struct kallsyms *kallsyms, const struct made_symbol *symbols,
			size_t count)
{
	assert_int_equal(kallsyms->count, count);
	for (size_t i = 0; i < count; i++) {
		const char *name = (const char *)kallsyms->names.data + kallsyms->items[i].name;

		assert_string_equal(name, symbols[i].text + 1);
		assert_int_equal(kallsyms->items[i].type, symbols[i].text[0]);
		assert_int_equal(kallsyms->items[i].address, symbols[i].address);
	}
}

static void every_layout_decodes_with_absolute_percpu_symbols(void **state)
{
	const enum made_layout layouts[] = { MADE_6_0, MADE_6_1, MADE_6_12 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		auto_buffer struct buffer data = BUFFER_INIT;
		auto_kallsyms struct kallsyms *kallsyms = NULL;
		struct error err = ERROR_INIT;

		make_kallsyms(small, ARRAY_SIZE(small), layouts[i], true, &data);
		assert_ok(kallsyms_decode_data(data.data, data.size, &kallsyms, &err), err);
		assert_same(kallsyms, small, ARRAY_SIZE(small));
	}
}

static void every_layout_decodes_with_plain_offsets(void **state)
{
	const enum made_layout layouts[] = { MADE_6_0, MADE_6_1, MADE_6_12 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		auto_buffer struct buffer data = BUFFER_INIT;
		auto_kallsyms struct kallsyms *kallsyms = NULL;
		struct error err = ERROR_INIT;

		make_kallsyms(small + 2, ARRAY_SIZE(small) - 2, layouts[i], false, &data);
		assert_ok(kallsyms_decode_data(data.data, data.size, &kallsyms, &err), err);
		assert_same(kallsyms, small + 2, ARRAY_SIZE(small) - 2);
	}
}

static void many_symbols_with_markers_decode(void **state)
{
	enum { COUNT = 5000 };
	static struct made_symbol symbols[COUNT];
	auto_arena struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		symbols[i] = (struct made_symbol){
			MADE_BASE + 16 * i, arena_printf(arena, "tkernel_%zu", i * 7919 % 3000),
		};
	for (int layout = MADE_6_0; layout <= MADE_6_12; layout++) {
		auto_buffer struct buffer data = BUFFER_INIT;
		auto_kallsyms struct kallsyms *kallsyms = NULL;
		struct error err = ERROR_INIT;

		make_kallsyms(symbols, COUNT, layout, layout == MADE_6_12, &data);
		assert_ok(kallsyms_decode_data(data.data, data.size, &kallsyms, &err), err);
		assert_same(kallsyms, symbols, COUNT);
	}
}

/* Decodes a copy of exactly this size, so that sanitizers see a read beyond it. */
static int decode_copy(const uint8_t *data, size_t size, struct error *err)
{
	auto_free uint8_t *copy = xmemdup(data, size);
	auto_kallsyms struct kallsyms *kallsyms = NULL;

	return kallsyms_decode_data(copy, size, &kallsyms, err);
}

static void every_truncation_of_the_tables_is_an_error(void **state)
{
	(void)state;
	for (int layout = MADE_6_0; layout <= MADE_6_12; layout++) {
		auto_buffer struct buffer data = BUFFER_INIT;

		make_kallsyms(small, ARRAY_SIZE(small), layout, true, &data);
		/* 32 bytes behind, and padding of the last table, belong to nobody. */
		for (size_t size = 0; size + 32 + 8 < data.size; size++) {
			struct error err = ERROR_INIT;

			assert_int_equal(decode_copy(data.data, size, &err), -1);
			assert_true(err.code == ERROR_INVALID || err.code == ERROR_NOT_FOUND);
			assert_true(strlen(err.msg) > 0);
		}
	}
}

/* Whatever one byte is changed to: an error or another table, never a crash. */
static void no_changed_byte_crashes_the_decoder(void **state)
{
	(void)state;
	for (int layout = MADE_6_0; layout <= MADE_6_12; layout++) {
		auto_buffer struct buffer data = BUFFER_INIT;
		size_t failed = 0;

		make_kallsyms(small, ARRAY_SIZE(small), layout, true, &data);
		for (size_t at = 0; at < data.size; at++) {
			struct error err = ERROR_INIT;
			uint8_t before = data.data[at];

			data.data[at] ^= 0xff;
			failed += decode_copy(data.data, data.size, &err) < 0;
			data.data[at] = before;
		}
		assert_true(failed > 512 + ARRAY_SIZE(small) * 4);
	}
}

static void falling_addresses_are_refused(void **state)
{
	static const struct made_symbol falling[] = {
		{ MADE_BASE, "T_stext" }, { MADE_BASE + 32, "tb" }, { MADE_BASE + 16, "ta" },
	};

	(void)state;
	for (int layout = MADE_6_0; layout <= MADE_6_12; layout++) {
		auto_buffer struct buffer data = BUFFER_INIT;
		struct error err = ERROR_INIT;

		make_kallsyms(falling, ARRAY_SIZE(falling), layout, true, &data);
		assert_fails(decode_copy(data.data, data.size, &err), err, ERROR_INVALID, "");
	}
}

static void a_name_with_strange_bytes_is_refused(void **state)
{
	static const struct made_symbol strange[] = {
		{ MADE_BASE, "T_stext" }, { MADE_BASE + 16, "t" },
	};
	auto_buffer struct buffer data = BUFFER_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	make_kallsyms(strange, ARRAY_SIZE(strange), MADE_6_12, true, &data);
	assert_fails(decode_copy(data.data, data.size, &err), err, ERROR_INVALID,
		     "symbol 1 has no type or no name");
}

static void a_broken_index_by_name_is_refused(void **state)
{
	auto_buffer struct buffer data = BUFFER_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	make_kallsyms(small, ARRAY_SIZE(small), MADE_6_12, true, &data);

	/* seqs_of_names ends, padded to 8, before the 32 bytes behind. */
	uint8_t *seqs = data.data + data.size - 32 - (3 * ARRAY_SIZE(small) + 7) / 8 * 8;
	uint8_t first = seqs[2];

	seqs[2] = seqs[5];
	seqs[5] = first;
	assert_fails(decode_copy(data.data, data.size, &err), err, ERROR_INVALID, "");
}

static void tables_that_disagree_with_the_code_are_refused(void **state)
{
	auto_buffer struct buffer data = BUFFER_INIT;
	struct made_section sections[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, MADE_BASE, "code", 4, 0 },
		{ ".rodata", SHT_PROGBITS, SHF_ALLOC, MADE_BASE + 0x1000000, NULL, 0, 0 },
	};

	(void)state;
	make_kallsyms(small, ARRAY_SIZE(small), MADE_6_12, true, &data);
	sections[1].data = data.data;
	sections[1].size = data.size;
	for (int right = 1; right >= 0; right--) {
		auto_buffer struct buffer file = BUFFER_INIT;
		auto_elf_view struct elf_view *view = NULL;
		auto_kallsyms struct kallsyms *kallsyms = NULL;
		struct error err = ERROR_INIT;

		if (!right)
			sections[0].address = MADE_BASE + 0x1000;
		make_elf(sections, ARRAY_SIZE(sections), ET_EXEC, &file);
		assert_ok(elf_view_open(file.data, file.size, &view, &err), err);
		if (right)
			assert_ok(kallsyms_decode(view, &kallsyms, &err), err);
		else
			assert_fails(kallsyms_decode(view, &kallsyms, &err), err, ERROR_INVALID,
				     "_stext");
	}
}

static void random_bytes_hold_no_tables(void **state)
{
	auto_buffer struct buffer noise = BUFFER_INIT;
	uint32_t seed = 7;
	struct error err = ERROR_INIT;

	(void)state;
	for (int i = 0; i < 1 << 20; i++) {
		seed = seed * 1664525 + 1013904223;
		buffer_add_char(&noise, (char)(seed >> 24));
	}
	assert_fails(decode_copy(noise.data, noise.size, &err), err, ERROR_NOT_FOUND,
		     "no symbol table");
	memset(noise.data, 0, noise.size);
	assert_fails(decode_copy(noise.data, noise.size, &err), err, ERROR_NOT_FOUND, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layout_decodes_with_absolute_percpu_symbols),
		cmocka_unit_test(every_layout_decodes_with_plain_offsets),
		cmocka_unit_test(many_symbols_with_markers_decode),
		cmocka_unit_test(every_truncation_of_the_tables_is_an_error),
		cmocka_unit_test(no_changed_byte_crashes_the_decoder),
		cmocka_unit_test(falling_addresses_are_refused),
		cmocka_unit_test(a_name_with_strange_bytes_is_refused),
		cmocka_unit_test(a_broken_index_by_name_is_refused),
		cmocka_unit_test(tables_that_disagree_with_the_code_are_refused),
		cmocka_unit_test(random_bytes_hold_no_tables),
	};

	set_up_long_name();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
