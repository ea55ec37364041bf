/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hints: what no proof can see and what patches that went wrong often had in common, by the words
 * of the source before and after, and by who calls whom. A hint says where to look. It is no
 * finding of a fault, and no hints are no finding that there is none.
 *
 * Rules: the chapter "Hints" of model/rules.def, and never-switches for the main function of a
 * kernel thread.
 */
#ifndef SUTURE_REVIEW_HINT_H
#define SUTURE_REVIEW_HINT_H

#include "build/edit.h"
#include "diff/changeset.h"

/* Changesets may be none: then nothing is said of callers. */
void hints_find(const struct edit_list *edits, struct changeset *const *changesets, size_t count,
		struct finding_list *findings);

#endif
