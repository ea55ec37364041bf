/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that took the place of another one in every table. */
#ifndef SUTURE_DIFF_RENAMED_H
#define SUTURE_DIFF_RENAMED_H

#include "diff/side.h"

/* Makes twins of a function that is gone and a new one, where that is shown; see the file. After the
 * other twins have been found. */
void renamed_pair(struct side *old, struct side *new);
/* The function is not called what it was. */
bool is_renamed(const struct atom *new);
/* Of an atom with a symbol: the name of its symbol in the module. What replaces a function is called
 * what that one is called, so that everybody who reads a module can tell. */
const char *name_in_module(const struct atom *new);
/* In front of that where the kernel shall not see it as a symbol of its own, see emit/extent.h. */
#define WITHIN_PREFIX ".L"
/* The name behind it; a name without it as it is. */
const char *name_without_within(const char *name);

#endif
