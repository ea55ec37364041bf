// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Initialisation code of a module that the patch changes and that stays as it was: it runs when the module
 * comes, which is after livepatch has redirected its functions (kernel/module/main.c, prepare_coming_module()),
 * or when it goes. Everybody else who calls a replaced function is the same in the patched object or replaced
 * as well. This code is neither: it was compiled for the function as it was, for what it takes (another
 * prototype, another clone of the same name), for what it gives back, and for what the compiler saw in it:
 * that it does not return, or leaves a variable alone. That of vmlinux has run and never runs again.
 */
#include <string.h>

#include "base/text.h"
#include "diff/changeset.h"

struct search {
	struct changeset *const *changesets;
	size_t count;
};

/* For who does not know: built-in units have their initcalls, and the exit calls of which nothing becomes. */
static bool is_built_in(const struct changeset *changeset)
{
	const struct object *old = changeset->old->object;

	for (size_t i = 0; i < old->section_count; i++)
		if (has_prefix(old->sections[i]->name, ".initcall") ||
		    has_prefix(old->sections[i]->name, ".exitcall"))
			return true;
	return false;
}

/* What the relocation calls, if that is replaced. */
static const struct atom *find_replaced(const struct search *search, const struct atom *from,
					const struct elf_reloc *reloc)
{
	struct target target;
	struct error ignored;

	if (!reloc_is_branch(from->section, reloc) ||
	    target_of(from->section, reloc, &target, &ignored) < 0)
		return NULL;
	return changesets_find_replaced(search->changesets, search->count, &target);
}

static void judge_atom(const struct search *search, const struct changeset *changeset,
		       const struct atom *old, struct finding_list *findings)
{
	for (size_t i = 0; i < old->reloc_count; i++) {
		const struct atom *replaced = find_replaced(search, old, &old->relocs[i]);

		if (!replaced)
			continue;
		finding_add(findings, RULE_INIT_CODE, changeset->unit, atom_text(old), NULL,
			    "the function changed, and cannot be left out: as it is it goes on calling %s, which is replaced, in the way of before",
			    replaced->name);
		return;
	}
}

void changesets_judge_left_out(struct changeset *const *changesets, const char *const *objects,
			       size_t count, struct finding_list *findings)
{
	const struct search search = { changesets, count };

	for (size_t i = 0; i < count; i++) {
		const struct side *old = changesets[i]->old;

		if (objects ? !strcmp(objects[i], "vmlinux") : is_built_in(changesets[i]))
			continue;
		for (size_t k = 0; k < old->atom_count; k++)
			if (old->atoms[k]->kind == SECTION_INIT_TEXT &&
			    old->atoms[k]->state != ATOM_SAME)
				judge_atom(&search, changesets[i], old->atoms[k], findings);
	}
}
