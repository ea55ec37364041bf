/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static variables of functions whose identity the objects do not show. Those of one name in one function
 * are told apart by the lines of their declarations, since unchanged text keeps its numbers. That is no
 * proof where the patch edits the line in place: of two that are edited each may be what the other one
 * was. One that is edited is known by the others. And one that a macro declares has no name that the
 * author sees: whether an edited call is still about the same thing, only the author knows.
 */
#ifndef SUTURE_REVIEW_NAMESAKES_H
#define SUTURE_REVIEW_NAMESAKES_H

#include "build/edit.h"
#include "build/lines.h"
#include "diff/changeset.h"

/* Adds the lines, of any file, that the patches edit: once for all units. */
void namesakes_find_edited(const struct edit_list *edits, struct line_set *into);

/*
 * Adds to the changeset's findings, if carried code uses one of the variables: ambiguous-local for each
 * group of namesakes of which two or more lie on edited lines, and static-edited for a single one that a
 * macro declares, by an edited line of the unit's own file. `edits`: of all files that the unit may be made
 * from, and `edited` their lines; whose line it is, the debug information is not asked. Both NULL: unknown, and
 * every group is a warning.
 */
void namesakes_judge(const struct edit_list *edits, const struct line_set *edited,
		     struct changeset *changeset);

#endif
