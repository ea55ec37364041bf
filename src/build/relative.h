/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths below a tree's root. */
#ifndef SUTURE_BUILD_RELATIVE_H
#define SUTURE_BUILD_RELATIVE_H

#include <stdbool.h>

/* Takes "." and ".." out of the path in place; false if it leaves the tree or nothing is left. */
bool relative_normalize(char *path);
/* "fs/proc" and "../x.o" make "fs/x.o"; caller frees. NULL if it leaves the tree. */
char *relative_join(const char *folder, const char *name);

#endif
