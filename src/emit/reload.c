// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/reload.h"

#include <stdio.h>

/* x86 forgets relocations of a module that goes only since 6.3 (clear_relocate_add() in
 * arch/x86/kernel/module.c, commit 0c05e7bd2d01): before, the bytes are no longer zero when the
 * module comes again, and it is refused. */
static bool can_reload(const struct kernel *kernel)
{
	unsigned major, minor;

	return !kernel->id.release || sscanf(kernel->id.release, "%u.%u", &major, &minor) != 2 ||
	       major > 6 || (major == 6 && minor >= 3);
}

void reload_judge(const struct kernel *kernel, const struct text_list *objects,
		  struct finding_list *findings)
{
	for (size_t i = 0; !can_reload(kernel) && i < objects->count; i++)
		if (!is_vmlinux(objects->items[i]))
			finding_add(findings, RULE_MODULE_RELOAD, NULL, NULL, NULL,
				    "%s cannot be loaded again on this kernel while the livepatch is loaded",
				    objects->items[i]);
}

/* A variable of the livepatch that the kernel may write to. */
static bool is_kept(const struct atom *atom)
{
	return !atom->is_function && atom->symbol && !atom->is_special_static &&
	       atom->state == ATOM_NEW && (atom->section->flags & SHF_WRITE);
}

void reload_judge_variables(const struct kernel *kernel, const struct emit_unit *units, size_t count,
			    struct finding_list *findings)
{
	for (size_t i = 0; can_reload(kernel) && i < count; i++) {
		const struct changeset *changeset = units[i].changeset;
		const char *object = units[i].linkage.object;

		for (size_t k = 0; !is_vmlinux(object) && k < changeset->carried_count; k++)
			if (is_kept(changeset->carried[k]))
				finding_add(findings, RULE_MODULE_RELOAD, changeset->unit, NULL, NULL,
					    "%s is part of the livepatch: if %s is unloaded and loaded again "
					    "meanwhile, it goes on with the value that it had",
					    changeset->carried[k]->base, object);
	}
}
