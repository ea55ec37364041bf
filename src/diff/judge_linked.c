// SPDX-License-Identifier: GPL-2.0-or-later
/* What can be judged only when it is known for all units of a patch what comes along. */
#include <string.h>

#include "diff/changeset.h"
#include "diff/flow.h"
#include "diff/judge.h"

struct linked { /* the units of one patch */
	struct changeset *const *changesets;
	size_t count;
	struct finding_list *findings;
};

static bool is_variable(const struct atom *atom)
{
	return atom->kind == SECTION_DATA && atom->symbol && atom->state == ATOM_NEW &&
	       !atom->is_special_static;
}

static bool is_local(const struct atom *atom)
{
	return atom->symbol->bind == STB_LOCAL;
}

static bool refers_to(const struct atom *function, const struct atom *variable)
{
	for (size_t i = 0; i < function->reloc_count; i++) {
		struct target target;
		struct error ignored;

		if (target_of(function->section, &function->relocs[i], &target, &ignored) == 0 &&
		    target.kind == TARGET_ATOM && target.atom == variable)
			return true;
	}
	return false;
}

/* A function that used the one uses the other now. */
static bool has_its_user(const struct atom *gone, const struct atom *new)
{
	for (size_t i = 0; i < new->side->atom_count; i++) {
		const struct atom *atom = new->side->atoms[i];

		if (atom->is_function && atom->twin && refers_to(atom, new) && refers_to(atom->twin, gone))
			return true;
	}
	return false;
}

/*
 * A variable that is gone and a new one. Of one name, it is the same variable to the author, moved to
 * file scope, to another function, unit or type; the new one would start anew and forget what the
 * kernel has in the old one. Static ones of two units may be strangers, and of one size or in one
 * function it may be the same one renamed: the author has to know.
 */
static void judge_variable(const struct linked *linked, const struct changeset *changeset,
			   const struct atom *gone, const struct atom *new)
{
	bool is_own = gone->side == changeset->old, is_namesake = !strcmp(gone->base, new->base);

	if (is_namesake && (is_own || !is_local(gone) || !is_local(new)))
		finding_add(linked->findings, RULE_AMBIGUOUS_LOCAL, changeset->unit, new->name,
			    NULL, "%s is gone from %s, and this one would start with its initial value",
			    gone->name, gone->side->unit);
	else if (is_namesake)
		finding_add(linked->findings, RULE_DATA_RENAMED, changeset->unit, new->name, NULL,
			    "%s is gone from %s", gone->name, gone->side->unit);
	else if (is_own && gone->symbol->size == new->symbol->size)
		finding_add(linked->findings, RULE_DATA_RENAMED, changeset->unit, new->name, NULL,
			    "%s is gone, and has the same size", gone->name);
	else if (is_own && has_its_user(gone, new))
		finding_add(linked->findings, RULE_DATA_RENAMED, changeset->unit, new->name, NULL,
			    "%s is gone, and this one is used where that one was", gone->name);
}

static void judge_new_variable(const struct linked *linked, const struct changeset *changeset,
			       const struct atom *new)
{
	for (size_t i = 0; i < linked->count; i++) {
		const struct side *old = linked->changesets[i]->old;

		for (size_t k = 0; k < old->atom_count; k++)
			if (is_variable(old->atoms[k]))
				judge_variable(linked, changeset, old->atoms[k], new);
	}
}

/* Who might keep the address, as a phrase; NULL if it stays in the function. */
static const char *who_keeps(const struct atom *from, const struct atom *to,
			     const struct elf_reloc *reloc)
{
	const char *why;

	if (from->kind != SECTION_TEXT || !from->symbol)
		return "its address is part of data";
	if (to->is_function)
		return reloc_is_branch(from->section, reloc) ? NULL : "its address is taken";
	return flow_only_reads(from->parent ? from->parent : from, to, &why) ? NULL : why;
}

/* Nameless constants and copies of __func__ and the like are not what is registered anywhere. */
static bool can_be_kept(const struct atom *from, const struct atom *to)
{
	const struct atom *x = from->parent ? from->parent : from;
	const struct atom *y = to->parent ? to->parent : to;

	if (x == y || !to->symbol || to->is_special_static)
		return false;
	return to->is_function || to->kind == SECTION_DATA ||
	       (to->kind == SECTION_CONST && !(to->is_numbered && !to->reloc_count));
}

static void judge_reference(const struct linked *linked, struct changeset *changeset,
			    const struct atom *from, const struct elf_reloc *reloc)
{
	struct reference reference;
	const struct atom *to;
	const char *why;

	if (reference_of(changeset, from, NULL, reloc, &reference) < 0)
		return;
	to = reference.kind == REFERENCE_CARRIED ? reference.atom : NULL;
	for (size_t i = 0; reference.kind == REFERENCE_OUTSIDE && !to && i < linked->count; i++)
		to = changeset_new_global(linked->changesets[i], reference.target.symbol->name);
	if (!to || !can_be_kept(from, to))
		return;
	if (to->is_function && reference.kind == REFERENCE_CARRIED &&
	    reference.offset != (int64_t)atom_entry(to))
		return; /* a place in it, of a table of jumps */
	why = who_keeps(from, to, reloc);
	if (why)
		finding_add(linked->findings, RULE_OUTLIVES, changeset->unit, to->name, NULL,
			    "in %s, %s; it is gone with the livepatch", from->name, why);
}

void changesets_judge_linked(struct changeset *const *changesets, size_t count,
			     struct finding_list *findings)
{
	const struct linked linked = { changesets, count, findings };

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < changesets[i]->carried_count; k++) {
			const struct atom *atom = changesets[i]->carried[k];

			if (is_variable(atom))
				judge_new_variable(&linked, changesets[i], atom);
			for (size_t r = 0; r < atom->reloc_count; r++)
				judge_reference(&linked, changesets[i], atom, &atom->relocs[r]);
		}
	judge_taken(changesets, count, findings);
}
