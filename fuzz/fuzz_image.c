// SPDX-License-Identifier: GPL-2.0-or-later
/* A kernel image or a vmlinux, and all that is read from it. */
#include "fuzz.h"

#include "base/memory.h"
#include "target/btf.h"
#include "target/image.h"
#include "target/kallsyms.h"
#include "target/notes.h"
#include "target/symbols_table.h"

static void read_types(const struct elf_view *view)
{
	const struct view_section *section = elf_view_section(view, ".BTF");
	auto_btf struct btf *btf = NULL;
	struct error err = ERROR_INIT;
	uint64_t answer;

	if (section && section->data &&
	    btf_parse(section->data, section->size, &btf, &err) == 0)
		btf_member_offset(btf, "outer", "in.second", &answer, &err);
}

/* Every question that a table answers, for every symbol. */
static void ask(const struct symbol_table *table)
{
	for (size_t i = 0; i < table->count && i < 1000; i++) {
		size_t first = symbol_first(table, table->items[i].name);

		MUST(first <= i);
		MUST(symbol_next(table, i) > i);
		MUST(symbol_sympos(table, i) <= i + 1);
	}
}

static void read_symbols(const struct elf_view *view)
{
	auto_symbol_table struct symbol_table *vmlinux = NULL;
	auto_symbol_table struct symbol_table *module = NULL;
	auto_kallsyms struct kallsyms *kallsyms = NULL;
	struct error err = ERROR_INIT;

	kallsyms_decode(view, &kallsyms, &err);
	if (symbols_from_vmlinux(view, &vmlinux, &err) == 0)
		ask(vmlinux);
	if (symbols_from_module(view, &module, &err) == 0)
		ask(module);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buffer struct buffer vmlinux = BUFFER_INIT;
	auto_elf_view struct elf_view *view = NULL;
	struct kernel_id id = { 0 };
	struct error err = ERROR_INIT;

	if (image_unpack_data(data, size, &vmlinux, &err) < 0) {
		MUST(err.code != ERROR_NONE && err.msg[0]);
		return 0;
	}

	auto_free uint8_t *exact = xmemdup(vmlinux.data, vmlinux.size);

	MUST(elf_view_open(exact, vmlinux.size, &view, &err) == 0);
	vmlinux_identify_view(view, &id, &err);
	kernel_id_clear(&id);
	read_types(view);
	read_symbols(view);
	return 0;
}
