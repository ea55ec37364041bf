// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Variables that a macro puts into one section (per-CPU ones, __read_mostly, __ro_after_init) are
 * referred to by their place in that section: the assembler keeps no name. The end of an array is
 * then also the place of the variable behind it. That does no harm while the two stand like that in
 * the running kernel too. If the patch brought a variable between them, the code means one of two
 * places that lie far apart, and nothing tells which.
 */
#include <string.h>

#include "diff/judge.h"
#include "elf/dwarf.h"

#define DEPTH_LIMIT 16 /* structs that end with structs */
#define SCALAR_SIZE 8 /* bytes; without debug information what is larger may be an array */

/* The variable that ends where `to` begins, or NULL. */
static const struct atom *find_neighbour(const struct atom *to)
{
	const struct section_atoms *atoms = atoms_of(to->section);
	const struct atom *found = NULL;

	for (size_t i = 0; i < atoms->count && atoms->items[i] != to; i++)
		found = atoms->items[i];
	if (!found || !found->symbol || found->symbol->value + found->symbol->size != to->start)
		return NULL;
	return found;
}

/* Are they neighbours in the running kernel? */
static bool stood_so(const struct atom *first, const struct atom *second)
{
	const struct atom *a = first->twin, *b = second->twin;

	return a && b && a->section == b->section && b->start >= a->start &&
	       b->start - a->start == second->start - first->start;
}

static bool ends_with_array(const struct ctype *type, unsigned depth)
{
	type = ctype_resolve(type, NULL);
	if (!type || depth == DEPTH_LIMIT)
		return depth == DEPTH_LIMIT;
	if (type->kind == CTYPE_ARRAY)
		return true;
	if (!ctype_is_aggregate(type))
		return false;
	for (size_t i = 0; i < type->member_count; i++)
		if ((type->kind == CTYPE_UNION || i + 1 == type->member_count) &&
		    ends_with_array(type->members[i].type, depth + 1))
			return true;
	return false;
}

/* Might somebody ask for its end? */
static bool may_be_array(const struct dwarf *dwarf, const struct atom *atom)
{
	const struct static_local *local =
		dwarf ? dwarf_find_static_local_in(dwarf, atom->section->name, atom->symbol->value) :
			NULL;

	if (local)
		return ends_with_array(local->type, 0);
	for (size_t i = 0; dwarf && i < dwarf->variable_count; i++)
		if (dwarf->variables[i].type && !strcmp(dwarf->variables[i].name, atom->name))
			return ends_with_array(dwarf->variables[i].type, 0);
	return atom->symbol->size > SCALAR_SIZE;
}

static int look(struct changeset *changeset, const struct atom *from, const struct elf_reloc *reloc,
		struct error *err)
{
	const struct atom *neighbour;
	const struct dwarf *dwarf = NULL;
	struct target target;

	if (!reloc->symbol || reloc->symbol->type != STT_SECTION)
		return 0;
	if (target_of(from->section, reloc, &target, err) < 0)
		return -1;
	if (target.kind != TARGET_ATOM || target.offset != 0 || target.atom->is_function ||
	    atoms_of(target.atom->section)->count < 2)
		return 0;
	neighbour = find_neighbour(target.atom);
	if (!neighbour || stood_so(neighbour, target.atom))
		return 0;
	if (side_dwarf(changeset->new, &dwarf, err) < 0 && err->code != ERROR_NOT_FOUND)
		return -1;
	if (may_be_array(dwarf, neighbour))
		finding_add(&changeset->findings, RULE_ARRAY_END, changeset->unit, atom_text(from), NULL, "it refers to %s or to the end of %s",
			    atom_text(target.atom), atom_text(neighbour));
	return 0;
}

int judge_array_ends(struct changeset *changeset, struct error *err)
{
	for (size_t i = 0; i < changeset->new->atom_count; i++) {
		const struct atom *atom = changeset->new->atoms[i];

		if (atom->state == ATOM_SAME || atom->kind == SECTION_INIT_TEXT)
			continue;
		for (size_t k = 0; k < atom->reloc_count; k++)
			if (look(changeset, atom, &atom->relocs[k], err) < 0)
				return -1;
	}
	return 0;
}
