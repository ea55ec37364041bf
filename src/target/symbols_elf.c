// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Symbol tables out of ELF symbol tables. For vmlinux this repeats what the kernel's build does to
 * make kallsyms out of the same symbols, so that both ways to a table give the same:
 *
 *   nm -n                letters (bfd_decode_symclass() in binutils), order by address, then name
 *   scripts/mksysmap     leaves out what is of no use
 *   scripts/kallsyms.c   is_ignored_symbol(), make_percpus_absolute(), compare_symbols()
 */
#include "target/symbols_table.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* decode_section_type() in binutils' bfd/syms.c */
static char section_letter(const struct view_section *section)
{
	bool has_contents = section->type != SHT_NOBITS;

	if (section->flags & SHF_EXECINSTR)
		return 't';
	if (!has_contents)
		return 'b';
	if (!(section->flags & SHF_ALLOC))
		return has_prefix(section->name, ".debug") ? 'N' : 'n';
	return section->flags & SHF_WRITE ? 'd' : 'r';
}

/* bfd_decode_symclass(), same file */
static char symbol_letter(const struct elf_view *view, const struct view_symbol *symbol)
{
	char letter;

	if (symbol->shndx == SHN_UNDEF)
		return symbol->binding == STB_WEAK ? 'w' : 'U';
	if (symbol->shndx == SHN_COMMON)
		return 'C';
	if (symbol->type == STT_GNU_IFUNC)
		return 'i';
	if (symbol->binding == STB_WEAK)
		return symbol->type == STT_OBJECT ? 'V' : 'W';
	if (symbol->binding == STB_GNU_UNIQUE)
		return 'u';
	if (symbol->shndx == SHN_ABS)
		letter = 'a';
	else if (symbol->shndx >= SHN_LORESERVE)
		return '?';
	else
		letter = section_letter(&view->sections[symbol->shndx]);
	return symbol->binding == STB_GLOBAL ? (char)toupper((unsigned char)letter) : letter;
}

/* What scripts/mksysmap and is_ignored_symbol() leave out by name, as far as x86 can have it. */
static bool is_ignored_name(const char *name)
{
	static const char *const prefixes[] = {
		"$", ".L", "__efistub_", "__kcfi_typeid_", "__pi_$", "__pi_.L", "__crc_",
		"__kstrtab_", "__kstrtabns_",
	};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (has_prefix(name, prefixes[i]))
			return true;
	return !strcmp(name, "L0");
}

static bool is_ignored(const struct view_symbol *symbol, char letter)
{
	return symbol->type == STT_FILE || symbol->type == STT_SECTION || !symbol->name[0] ||
	       strchr("aANnUuw", letter) || is_ignored_name(symbol->name);
}

/* may_be_linker_script_provide_symbol() in scripts/kallsyms.c */
static bool may_be_provided(const char *name)
{
	return strlen(name) >= 8 && has_prefix(name, "__") &&
	       (has_prefix(name, "__start_") || has_prefix(name, "__stop_") ||
		has_prefix(name, "__end_") || has_suffix(name, "_start") ||
		has_suffix(name, "_end"));
}

/* compare_symbols() in scripts/kallsyms.c; its last criterion, the order of the input, is nm's. */
static int compare_symbols(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;

	int order = (x->type == 'W') - (y->type == 'W');

	if (!order)
		order = may_be_provided(x->name) - may_be_provided(y->name);
	if (!order)
		order = (int)strspn(x->name, "_") - (int)strspn(y->name, "_");
	return order ? order : strcmp(x->name, y->name);
}

static const struct symbol *find_name(const struct symbol *items, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(items[i].name, name))
			return &items[i];
	return NULL;
}

/* Before 6.4 the tables of kallsyms themselves, which then start with the offsets, are left out. */
static size_t remove_kallsyms(struct symbol *items, size_t count)
{
	static const char *const names[] = {
		"kallsyms_addresses", "kallsyms_offsets", "kallsyms_relative_base",
		"kallsyms_num_syms", "kallsyms_names", "kallsyms_markers", "kallsyms_token_table",
		"kallsyms_token_index", "kallsyms_seqs_of_names",
	};
	const struct symbol *first = find_name(items, count, "kallsyms_offsets");
	const struct symbol *second = find_name(items, count, "kallsyms_names");
	size_t kept = 0;

	if (!first || !second || first->address > second->address)
		return count;
	for (size_t i = 0; i < count; i++) {
		bool ignored = false;

		for (size_t j = 0; j < ARRAY_SIZE(names); j++)
			ignored |= !strcmp(items[i].name, names[j]);
		if (!ignored)
			items[kept++] = items[i];
	}
	return kept;
}

/* make_percpus_absolute(): with CONFIG_KALLSYMS_ABSOLUTE_PERCPU, where the per-CPU area is linked
 * at 0. */
static void mark_percpu(struct symbol *items, size_t count)
{
	const struct symbol *start = find_name(items, count, "__per_cpu_start");
	const struct symbol *end = find_name(items, count, "__per_cpu_end");

	if (!start || !end || start->address != 0)
		return;

	uint64_t last = end->address;

	for (size_t i = 0; i < count; i++)
		if (items[i].address <= last)
			items[i].type = 'A';
}

static int check_count(const struct view_symtab *symtab, struct error *err)
{
	if (symtab->count > SYMBOL_COUNT_LIMIT || symtab->strings_size > SYMBOL_NAMES_LIMIT)
		return error_set(err, ERROR_INVALID,
				 "its symbol table is beyond the limit: %zu symbols, %zu bytes of "
				 "names", symtab->count, symtab->strings_size);
	return 0;
}

/* Copies the strings as a whole: names are at most as many bytes as these, unless a hostile file
 * shares them, and then sharing is right. */
static struct symbol make_symbol(const struct elf_view *view, const struct view_symtab *symtab,
				 const struct view_symbol *symbol, const struct buffer *names)
{
	return (struct symbol){
		.name = (const char *)names->data + (symbol->name - symtab->strings),
		.address = symbol->value, .size = symbol->size,
		.type = symbol_letter(view, symbol),
	};
}

int symbols_from_vmlinux(const struct elf_view *vmlinux, struct symbol_table **ret_table,
			 struct error *err)
{
	auto_buffer struct buffer names = BUFFER_INIT;
	struct view_symtab symtab;
	size_t count = 0;

	if (elf_view_symtab(vmlinux, &symtab, err) < 0 || check_count(&symtab, err) < 0)
		return -1;
	buffer_add(&names, symtab.strings, symtab.strings_size);

	auto_free struct symbol *items = xcalloc(symtab.count, sizeof(*items));

	for (size_t i = 1; i < symtab.count; i++) {
		struct view_symbol symbol;

		if (view_symtab_get(&symtab, i, &symbol, err) < 0)
			return -1;
		if (!is_ignored(&symbol, symbol_letter(vmlinux, &symbol)))
			items[count++] = make_symbol(vmlinux, &symtab, &symbol, &names);
	}
	count = remove_kallsyms(items, count);
	mark_percpu(items, count);
	qsort(items, count, sizeof(*items), compare_symbols);
	*ret_table = symbol_table_new(steal_ptr(items), count, &names, NULL);
	return 0;
}

/* The names of the sections, copied; NULL for those that are none. */
static const char **copy_section_names(const struct elf_view *view, struct arena *arena)
{
	const char **names = arena_calloc(arena, view->section_count, sizeof(*names));

	for (size_t i = 0; i < view->section_count; i++)
		names[i] = arena_strdup(arena, view->sections[i].name);
	return names;
}

/* The opposite of is_core_symbol() in kernel/module/kallsyms.c, with CONFIG_KALLSYMS_ALL as Debian's
 * kernels have it; module_init_section() says what an init section is. */
static bool is_dropped(const struct elf_view *module, const struct view_symbol *symbol)
{
	if (symbol->shndx >= SHN_LORESERVE)
		return true;

	const struct view_section *section = &module->sections[symbol->shndx];

	return !(section->flags & SHF_ALLOC) || has_prefix(section->name, ".init");
}

/* module_kallsyms_on_each_symbol() in kernel/module/kallsyms.c passes over undefined symbols only,
 * and livepatch asks it while all others are still there. */
int symbols_from_module(const struct elf_view *module, struct symbol_table **ret_table,
			struct error *err)
{
	auto_buffer struct buffer names = BUFFER_INIT;
	auto_arena struct arena *arena = arena_new();
	const char **sections = copy_section_names(module, arena);
	struct view_symtab symtab;
	size_t count = 0;

	if (module->type != ET_REL)
		return error_set(err, ERROR_INVALID, "it is no kernel module (ELF type %u)",
				 module->type);
	if (elf_view_symtab(module, &symtab, err) < 0 || check_count(&symtab, err) < 0)
		return -1;
	buffer_add(&names, symtab.strings, symtab.strings_size);

	auto_free struct symbol *items = xcalloc(symtab.count, sizeof(*items));

	for (size_t i = 1; i < symtab.count; i++) {
		struct view_symbol symbol;

		if (view_symtab_get(&symtab, i, &symbol, err) < 0)
			return -1;
		if (symbol.shndx == SHN_UNDEF || !symbol.name[0])
			continue;
		items[count] = make_symbol(module, &symtab, &symbol, &names);
		items[count].is_dropped = is_dropped(module, &symbol);
		if (symbol.shndx < SHN_LORESERVE)
			items[count].section = sections[symbol.shndx];
		count++;
	}
	*ret_table = symbol_table_new(steal_ptr(items), count, &names, steal_ptr(arena));
	return 0;
}
