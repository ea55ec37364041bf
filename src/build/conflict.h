/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several patches that change one function: which, and whether they can both be there. */
#ifndef SUTURE_BUILD_CONFLICT_H
#define SUTURE_BUILD_CONFLICT_H

#include "build/edit.h"
#include "model/rule.h"

/* After a hunk of `file` did not apply to the edit's text: if it would have applied before one of
 * the patches so far, that patch and the function are added to the message. Returns -1. */
int conflict_explain(const struct edit *edit, const struct patch_file *file,
		     const struct edit_options *options, struct error *err);

/* A finding (same-function) for each function that two patches change. After the last patch. */
void conflict_find_shared(const struct edit_list *edits, struct finding_list *findings);

/* The functions in which two texts of a file differ, each once. */
void conflict_functions(const struct buffer *old, const struct buffer *new,
			struct text_list *ret_functions);

#endif
