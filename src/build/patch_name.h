/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file names that stand in a patch's headers. Hostile input. */
#ifndef SUTURE_BUILD_PATCH_NAME_H
#define SUTURE_BUILD_PATCH_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * Reads one name, plain or in C quotes, from the start of a line's rest. A plain name ends at a tab
 * (a time stamp follows) or at the line's end. `strip` leading folders are taken away.
 * *ret_path is NULL for /dev/null. Caller frees.
 *
 * ERROR_INVALID: absolute, leaves the tree, has control characters or empty parts, or is too long.
 */
int patch_name_read(const char *text, size_t size, unsigned strip, char **ret_path,
		    struct error *err);

/* The path of "diff --git a/PATH b/PATH", where both are the same; NULL if they are not (then
 * other headers say the names). Caller frees. */
int patch_name_read_git(const char *text, size_t size, char **ret_path, struct error *err);

#endif
