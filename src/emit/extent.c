// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/extent.h"

#include "diff/renamed.h"
#include "emit/place.h"

struct extents {
	const struct emit_unit *units;
	size_t count;
	struct object *out;
	struct text_list objects; /* that have a replaced function */
};

/* A jump, with a condition or without: nothing of who jumps stays on the stack. */
static bool is_jump(const struct atom *from, const struct elf_reloc *reloc)
{
	return reloc_is_branch(from->section, reloc) && !reloc_is_call(from->section, reloc);
}

static void mark_target(const struct extents *extents, const struct atom *from,
			const struct elf_reloc *reloc)
{
	struct atom *to = NULL;
	struct target target;
	struct error ignored;

	if (target_of(from->section, reloc, &target, &ignored) < 0)
		return;
	if (target.kind == TARGET_ATOM)
		to = target.atom;
	for (size_t i = 0; target.kind == TARGET_OUTSIDE && !to && i < extents->count; i++)
		to = changeset_new_global(extents->units[i].changeset, target.symbol->name);
	if (to && to->is_function && to->is_carried && !to->parent && !atom_is_replacement(to))
		to->is_within = true;
}

static void mark_jumps(const struct extents *extents, const struct changeset *changeset)
{
	for (size_t i = 0; i < changeset->carried_count; i++) {
		const struct atom *from = changeset->carried[i];

		if (!(from->section->flags & SHF_EXECINSTR) || !from->section->data)
			continue;
		for (size_t k = 0; k < from->reloc_count; k++)
			if (is_jump(from, &from->relocs[k]))
				mark_target(extents, from, &from->relocs[k]);
	}
}

/* After the functions that they belong to have been marked. */
static void mark_cold_parts(const struct changeset *changeset)
{
	for (size_t i = 0; i < changeset->carried_count; i++) {
		struct atom *atom = changeset->carried[i];

		if (atom->parent && (atom_is_replacement(atom->parent) || atom->parent->is_within))
			atom->is_within = true;
	}
}

static void place(const struct extents *extents, struct atom *atom)
{
	if (!placed_of(atom))
		place_atom(extents->out, atom);
}

/* Of an object: what belongs to no replaced function alone. */
static void place_jumped_to(const struct extents *extents, const char *object)
{
	for (size_t i = 0; i < extents->count; i++) {
		const struct changeset *changeset = extents->units[i].changeset;

		if (strcmp(extents->units[i].linkage.object, object))
			continue;
		for (size_t k = 0; k < changeset->carried_count; k++) {
			struct atom *atom = changeset->carried[k];

			if (atom->is_within && !(atom->parent && atom_is_replacement(atom->parent)))
				place(extents, atom);
		}
	}
}

static void place_replacement(struct extents *extents, const struct emit_unit *unit,
			      struct atom *atom)
{
	const struct changeset *changeset = unit->changeset;

	place(extents, atom);
	for (size_t i = 0; i < changeset->carried_count; i++)
		if (changeset->carried[i]->is_within && changeset->carried[i]->parent == atom)
			place(extents, changeset->carried[i]);
	if (text_list_has(&extents->objects, unit->linkage.object))
		return;
	text_list_add(&extents->objects, unit->linkage.object);
	place_jumped_to(extents, unit->linkage.object);
}

/* Where no function of the object is replaced there is no extent to be in. */
static void place_rest(const struct extents *extents, const struct changeset *changeset)
{
	for (size_t i = 0; i < changeset->carried_count; i++) {
		struct atom *atom = changeset->carried[i];

		if (!placed_of(atom))
			atom->is_within = false;
		place(extents, atom);
	}
}

void extent_place(const struct emit_unit *units, size_t count, struct object *out)
{
	struct extents extents = { .units = units, .count = count, .out = out };

	for (size_t i = 0; i < count; i++)
		mark_jumps(&extents, units[i].changeset);
	for (size_t i = 0; i < count; i++)
		mark_cold_parts(units[i].changeset);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < units[i].changeset->carried_count; k++)
			if (atom_is_replacement(units[i].changeset->carried[k]))
				place_replacement(&extents, &units[i],
						  units[i].changeset->carried[k]);
	for (size_t i = 0; i < count; i++)
		place_rest(&extents, units[i].changeset);
	text_list_clear(&extents.objects);
}

void extent_list(const struct emit_unit *units, size_t count, struct text_list *ret_sections)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < units[i].changeset->carried_count; k++) {
			const struct atom *atom = units[i].changeset->carried[k];

			if (atom->is_within)
				text_list_add(ret_sections, placed_of(atom)->section->name);
		}
}

void extent_rename(const struct text_list *sections, struct object *object)
{
	for (size_t i = 0; i < object->symbol_count; i++) {
		struct elf_symbol *symbol = object->symbols[i];

		/* objtool's __pfx_ symbols too */
		if (symbol->section && *symbol->name && symbol->type != STT_SECTION &&
		    text_list_has(sections, symbol->section->name))
			symbol->name = arena_printf(object->arena, WITHIN_PREFIX "%s", symbol->name);
	}
}
