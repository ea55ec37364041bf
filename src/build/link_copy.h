/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A copy of a source tree made of links. */
#ifndef SUTURE_BUILD_LINK_COPY_H
#define SUTURE_BUILD_LINK_COPY_H

#include "base/error.h"
#include "base/log.h"

/*
 * Makes the folder `to`, which must not exist, with a hard link to every file that compiling a unit
 * may read: what was built in the tree and what no unit includes (documentation, tools, other
 * architectures) is left out.
 */
int link_copy(const char *from, const char *to, const struct progress *progress,
	      struct error *err);
/* Links one file: hard if the file system and its policy allow, else symbolic. */
int link_file(const char *from, const char *to, struct error *err);

#endif
