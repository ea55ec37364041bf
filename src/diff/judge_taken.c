// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A redirect is by name. Where the patch gives a function's name to one that takes other arguments, work
 * that is queued, timers, handlers and tables, which were given the address before, lead to the new one:
 * every direct caller was compiled anew, and those were not.
 */
#include <string.h>

#include "diff/changeset.h"
#include "diff/judge.h"

/* Tables of what the kernel knows of its functions call nobody. */
static bool can_hand_out(const struct atom *atom)
{
	return atom->kind == SECTION_TEXT || atom->kind == SECTION_INIT_TEXT ||
	       atom->kind == SECTION_DATA || atom->kind == SECTION_CONST;
}

static bool leads_to(const struct target *target, const struct atom *function)
{
	if (target->kind == TARGET_ATOM)
		return target->atom == function && target->offset == (int64_t)atom_entry(function);
	return target->kind == TARGET_OUTSIDE && function->symbol->bind != STB_LOCAL &&
	       !strcmp(target->symbol->name, function->name);
}

static bool hands_out(const struct atom *atom, const struct atom *function)
{
	for (size_t i = 0; i < atom->reloc_count; i++) {
		struct target target;
		struct error ignored;

		if (!reloc_is_branch(atom->section, &atom->relocs[i]) &&
		    target_of(atom->section, &atom->relocs[i], &target, &ignored) == 0 &&
		    leads_to(&target, function))
			return true;
	}
	return false;
}

/* Who has its address in the running kernel, NULL: nobody. */
static const struct atom *find_taker(struct changeset *const *changesets, size_t count,
				     const struct atom *function)
{
	for (size_t i = 0; i < count; i++) {
		const struct side *old = changesets[i]->old;

		for (size_t k = 0; k < old->atom_count; k++)
			if (can_hand_out(old->atoms[k]) && hands_out(old->atoms[k], function))
				return old->atoms[k];
	}
	return NULL;
}

static void judge_unit(struct changeset *const *changesets, size_t count,
		       const struct changeset *changeset, struct finding_list *findings)
{
	for (size_t i = 0; i < changeset->recast.count; i++) {
		const struct atom *function = map_find(changeset->old->by_name, changeset->recast.items[i]);
		const struct atom *taker = function && atom_is_replaced(function) ?
						   find_taker(changesets, count, function) : NULL;

		if (taker)
			finding_add(findings, RULE_LAYOUT_CHANGED, changeset->unit, function->name, NULL,
				    "the function's prototype changed, and %s has its address: whoever was given that calls the new one in the way of before",
				    atom_text(taker))
				->advice = "Leave the name to what is called by its address, and give the new function another one.";
	}
}

void judge_taken(struct changeset *const *changesets, size_t count, struct finding_list *findings)
{
	for (size_t i = 0; i < count; i++)
		judge_unit(changesets, count, changesets[i], findings);
}
