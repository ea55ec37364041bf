// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * modules_agree SERIES: for shipped modules of Debian's newest cloud kernel of the series, our
 * reading is what others say: their symbols are those that nm prints, in its order; struct module
 * has the size, and its name the place, that the kernel's BTF says. Ends with 77 (skipped) if the
 * kernel cannot be had.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "elf/view.h"
#include "golden.h"
#include "target/btf.h"
#include "target/modules.h"
#include "target/symbols.h"

#define EVERY 20 /* so many modules are one that is looked at */

struct layout { /* of struct module */
	uint64_t size, name;
};

static int check_layout(const struct layout *layout, const struct buffer *module, const char *name,
			struct error *err)
{
	auto_elf_view struct elf_view *view = NULL;

	if (elf_view_open(module->data, module->size, &view, err) < 0)
		return -1;

	const struct view_section *section = elf_view_section(view, ".gnu.linkonce.this_module");

	if (!section || section->size != layout->size)
		return error_set(err, ERROR_FAILED, "its struct module has %llu bytes, BTF says %llu",
				 section ? (unsigned long long)section->size : 0,
				 (unsigned long long)layout->size);
	if (layout->name + strlen(name) >= section->size ||
	    strcmp((const char *)section->data + layout->name, name))
		return error_set(err, ERROR_FAILED, "its name is not at offset %llu",
				 (unsigned long long)layout->name);
	return 0;
}

/* nm's line "address letter name". It adds the address of the section, which "ld -r" leaves in some
 * (.data at 0x80) though it means nothing in an object. */
static bool is_nm_line(const char *line, const struct symbol *symbol, const struct elf_view *view)
{
	const struct view_section *section = elf_view_section(view, symbol->section);
	char text[1024];

	snprintf(text, sizeof(text), "%016llx %c %s",
		 (unsigned long long)(symbol->address + section->address), symbol->type,
		 symbol->name);
	return !strcmp(line, text);
}

static int compare_lines(const struct text_list *lines, const struct symbol_table *table,
			 const struct elf_view *view, struct error *err)
{
	size_t i = 0;

	for (size_t line = 0; line < lines->count; line++) {
		if (lines->items[line][0] == ' ') /* undefined */
			continue;
		while (i < table->count && !table->items[i].section)
			i++; /* names of source files: nm leaves them out */
		if (i == table->count || !is_nm_line(lines->items[line], &table->items[i], view))
			return error_set(err, ERROR_FAILED, "nm says '%s', we '%s'",
					 lines->items[line],
					 i < table->count ? table->items[i].name : "no more");
		i++;
	}
	return i > 0 ? 0 : error_set(err, ERROR_FAILED, "no symbols");
}

static int check_symbols(const char *path, const struct buffer *module, const char *folder,
			 struct error *err)
{
	auto_free char *plain = path_join(folder, "module.ko");
	auto_process_result struct process_result result = { 0 };
	auto_symbol_table struct symbol_table *table = NULL;
	auto_text_list struct text_list lines = { 0 };
	auto_elf_view struct elf_view *view = NULL;
	const char *const argv[] = { "nm", "-p", plain, NULL };
	const struct process_spec spec = { .argv = argv };

	if (file_write(plain, module->data, module->size, 0644, false, err) < 0 ||
	    process_run_ok(&spec, &result, err) < 0 || symbols_of_module(path, &table, err) < 0 ||
	    elf_view_open(module->data, module->size, &view, err) < 0)
		return -1;
	text_list_split(&lines, buffer_text(&result.out), "\n");
	return compare_lines(&lines, table, view, err);
}

static int check_module(const struct kernel *kernel, const struct layout *layout, const char *name,
			const char *folder, struct error *err)
{
	auto_free char *path = NULL;
	auto_buffer struct buffer module = BUFFER_INIT;

	if (module_find(kernel, name, &path, err) < 0 || module_read(path, &module, err) < 0 ||
	    check_layout(layout, &module, name, err) < 0 ||
	    check_symbols(path, &module, folder, err) < 0)
		return error_context(err, "module %s", name);
	return 0;
}

/* "kernel/drivers/md/dm-mod.ko" is dm_mod. */
static char *name_of(const char *line)
{
	char *name = xstrdup(path_base(line));

	name[strcspn(name, ".")] = 0;
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	return name;
}

static int check_some(const struct kernel *kernel, const char *folder, struct error *err)
{
	auto_btf struct btf *btf = NULL;
	auto_free char *order = path_join(kernel->modules, "modules.order");
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };
	struct layout layout;
	size_t done = 0;

	if (btf_open(kernel->vmlinux, &btf, err) < 0 ||
	    btf_struct_size(btf, "module", &layout.size, err) < 0 ||
	    btf_member_offset(btf, "module", "name", &layout.name, err) < 0 ||
	    file_read(order, 1 << 20, &text, err) < 0)
		return -1;
	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i += EVERY) {
		auto_free char *name = name_of(lines.items[i]);

		if (check_module(kernel, &layout, name, folder, err) < 0)
			return -1;
		done++;
	}
	printf("%zu modules of %zu looked at\n", done, lines.count);
	return done > 20 ? 0 : error_set(err, ERROR_FAILED, "hardly any modules");
}

int main(int argc, char **argv)
{
	auto_folder struct golden_folder folder = { 0 };
	auto_kernel struct kernel *kernel = NULL;
	struct error err = ERROR_INIT;

	if (argc != 2)
		return 64;
	interrupt_catch();
	if (golden_open(argv[1], &kernel, &folder, &err) < 0)
		return golden_skip(&err);
	if (check_some(kernel, folder.path, &err) < 0) {
		printf("%s\n", err.msg);
		return 1;
	}
	return 0;
}
