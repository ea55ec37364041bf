// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/finish.h"

#include <string.h>

#include "base/text.h"
#include "emit/assembly.h"

struct klp_name { /* what a livepatch symbol's name says; elf_symbol.user */
	const char *patched; /* the object whose loading applies its relocations */
	const char *symbol; /* ".klp.sym.<object>.<name>,<sympos>" */
};

/* "<object>" of ".klp.sym.<object>.<name>,<sympos>". */
static const char *object_of(struct arena *arena, const char *symbol)
{
	const char *start = symbol + strlen(KLP_SYMBOL_PREFIX);
	char *object = arena_strdup(arena, start);

	object[strcspn(object, ".")] = 0;
	return object;
}

static struct klp_name *parse_name(struct arena *arena, const char *name)
{
	struct klp_name *klp = arena_alloc(arena, sizeof(*klp));

	if (has_prefix(name, KLP_PATCHED_PREFIX)) {
		const char *start = name + strlen(KLP_PATCHED_PREFIX);
		char *patched = arena_strdup(arena, start);
		size_t length = strcspn(patched, "/");

		if (!patched[length])
			return NULL;
		patched[length] = 0;
		klp->patched = patched;
		klp->symbol = start + length + 1;
	} else {
		klp->symbol = name;
	}
	if (!has_prefix(klp->symbol, KLP_SYMBOL_PREFIX))
		return NULL;
	if (!klp->patched)
		klp->patched = object_of(arena, klp->symbol);
	return klp;
}

static int mark_symbols(struct object *module, const struct symvers *symvers, struct error *err)
{
	for (size_t i = 0; i < module->symbol_count; i++) {
		struct elf_symbol *symbol = module->symbols[i];

		symbol->user = NULL;
		if (symbol->section || symbol->special != SHN_UNDEF || !*symbol->name)
			continue;
		symbol->user = parse_name(module->arena, symbol->name);
		if (symbol->user) {
			symbol->special = SHN_LIVEPATCH;
			symbol->name = ((struct klp_name *)symbol->user)->symbol;
			symbol->bind = STB_GLOBAL;
		} else if (!symvers_find(symvers, symbol->name)) {
			return error_set(err, ERROR_FAILED,
					 "the module refers to %s, which is no export of this kernel",
					 symbol->name);
		}
	}
	return 0;
}

static struct elf_klp_relocs *klp_relocs_for(struct object *module, const char *object,
					     struct elf_section *target)
{
	for (size_t i = 0; i < module->klp_count; i++)
		if (module->klp[i]->target == target && !strcmp(module->klp[i]->object, object))
			return module->klp[i];
	return object_add_klp(module, object, target);
}

/* The kernel refuses to relocate bytes that are not zero (arch/x86/kernel/module.c). */
static int check_zero(const struct elf_section *section, const struct elf_reloc *reloc,
		      struct error *err)
{
	unsigned size = reloc_size(reloc->type);

	for (unsigned i = 0; i < size; i++)
		if (section->data[reloc->offset + i])
			return error_set(err, ERROR_FAILED,
					 "%s+0x%jx: the bytes that a livepatch relocation will change are not zero",
					 section->name, (uintmax_t)reloc->offset);
	return size ? 0 : error_set(err, ERROR_FAILED, "%s: unknown relocation", section->name);
}

static int split_relocs(struct object *module, struct elf_section *section, struct error *err)
{
	struct elf_relocs *relocs = &section->relocs;
	size_t kept = 0;

	for (size_t i = 0; i < relocs->count; i++) {
		struct elf_reloc reloc = relocs->items[i];
		const struct klp_name *klp = reloc.symbol ? reloc.symbol->user : NULL;

		if (!klp) {
			relocs->items[kept++] = reloc;
			continue;
		}
		if (check_zero(section, &reloc, err) < 0)
			return -1;
		relocs_add(module, &klp_relocs_for(module, klp->patched, section)->relocs, reloc);
	}
	relocs->count = kept;
	return 0;
}

int module_finish(struct object *module, const struct symvers *symvers, struct error *err)
{
	if (mark_symbols(module, symvers, err) < 0)
		return -1;
	for (size_t i = 0; i < module->section_count; i++)
		if (split_relocs(module, module->sections[i], err) < 0)
			return -1;
	return 0;
}
