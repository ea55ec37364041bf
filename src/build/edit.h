/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What patches do to a tree: for every file that they touch, its text before the first and after
 * the last of them. Nothing is written; the tree is only read.
 */
#ifndef SUTURE_BUILD_EDIT_H
#define SUTURE_BUILD_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"
#include "build/patch.h"

#define EDIT_TEXT_LIMIT ((size_t)16 << 20) /* bytes of one source file */

struct edit_step { /* one patch's part in an edit */
	char *patch; /* its name, as given */
	struct buffer before; /* the text that it was applied to */
};

struct edit {
	char *path; /* below the tree's root */
	bool was_there, is_there; /* before the first patch, after the last one */
	struct buffer original, final; /* texts; empty where the file is not there */
	struct edit_step *steps; /* of the patches that have hunks for it, in order */
	size_t step_count, step_capacity;
	bool moved; /* a patch renamed it, or made it by renaming another */
};

struct edit_list { /* owns everything */
	struct edit *items; /* in the order in which the patches name them first */
	size_t count, capacity;
};

struct edit_options {
	const char *root; /* of the source tree */
	const char *patch; /* the patch's name for errors and notes */
	unsigned fuzz; /* lines of context that may differ at each end of a hunk */
};

/*
 * Applies one patch on top of those before it. Hunks may be found at another line than the header
 * says, and only with fuzz where context differs; both leave a note in `notes` (texts owned by the
 * list). ERROR_INVALID names the file, the hunk and the line that did not match, and the earlier patch
 * that it contradicts.
 */
int edit_apply(struct edit_list *edits, const struct patch *patch,
	       const struct edit_options *options, struct text_list *notes, struct error *err);
void edit_list_clear(struct edit_list *edits);
/* NULL if no patch touches it. */
struct edit *edit_find(const struct edit_list *edits, const char *path);
bool edit_is_change(const struct edit *edit);

#define auto_edit_list __attribute__((cleanup(edit_list_clear)))

#endif
