/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which lines of one text are still there in another. Myers' algorithm ("An O(ND) Difference
 * Algorithm and Its Variations", 1986); beyond a limit of work the middle counts as all changed,
 * which is always a valid answer.
 */
#ifndef SUTURE_BUILD_LINE_DIFF_H
#define SUTURE_BUILD_LINE_DIFF_H

#include <stddef.h>

#include "build/line_table.h"

#define LINE_NEW ((size_t)-1)

/* For each line of `new_lines` the index of the same line in `old_lines`, ascending, or LINE_NEW.
 * Caller frees. */
size_t *line_diff(const struct line_table *old_lines, const struct line_table *new_lines);

#endif
