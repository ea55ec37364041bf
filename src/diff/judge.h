/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules that look at what changed: what a livepatch cannot take is refused by name. */
#ifndef SUTURE_DIFF_JUDGE_H
#define SUTURE_DIFF_JUDGE_H

#include "diff/changeset.h"

/* Do the two objects belong together at all? Adds a finding if not. Before correlating. */
bool judge_related(struct changeset *changeset);
/* After comparing: functions, data, exports, initialisation. */
void judge(struct changeset *changeset);
/* Exports that come, go or are for others. */
void judge_exports(struct changeset *changeset);
/* Functions that share their code with another, before or after. */
void judge_aliases(struct changeset *changeset);
/* Functions with another prototype than before whose address the kernel's code or data has: who was given it
 * calls the new one in the way of before. Of all units of a patch, after judge_layouts(). */
void judge_taken(struct changeset *const *changesets, size_t count, struct finding_list *findings);
/* Changed functions that some task never leaves, or that redirecting needs. */
void judge_running(struct changeset *changeset);

/* Types whose layout unpatched code relies on, and prototypes of exports; reads the debug
 * information of both objects. */
int judge_layouts(struct changeset *changeset, struct error *err);

/* References to a variable that may be to the end of another one, which no longer stands in front of
 * it when the livepatch runs. */
int judge_array_ends(struct changeset *changeset, struct error *err);

/* A row of a table that the kernel has read already. */
#define NEW_ROW_DETAIL "a new row of a table that the kernel reads at boot"
#define NEW_ROW_ADVICE                                                                             \
	"Leave out the macro that makes the row (module_param, SYSCALL_DEFINE, an initcall, ...): " \
	"a livepatch brings plain functions and variables only."

#endif
