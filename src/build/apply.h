/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One file's hunks applied to its text. */
#ifndef SUTURE_BUILD_APPLY_H
#define SUTURE_BUILD_APPLY_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"
#include "build/patch.h"

/*
 * Appends the patched text to *into. A hunk is searched for around the place that its header says,
 * nearest first, never before the end of the hunk above it. Up to `fuzz` lines of context at each
 * end may differ, as in patch(1). What was found elsewhere or with fuzz is said in `notes`.
 * ERROR_INVALID names the hunk and the first line that is not as the patch wants it.
 */
int hunks_apply(const struct patch_file *file, const struct buffer *text, unsigned fuzz,
		struct buffer *into, struct text_list *notes, struct error *err);

#endif
