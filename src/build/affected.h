/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sources of a tree a change of some files may reach. */
#ifndef SUTURE_BUILD_AFFECTED_H
#define SUTURE_BUILD_AFFECTED_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "build/include_graph.h"
#include "target/kernel.h"

/* True if the tree is the cache's own, so that what was read from it stays true. */
bool affected_may_keep(const struct kernel *kernel);
/* Opens the kernel's include graph: from `kept`, or by reading the tree (a few seconds), which is
 * then kept there if `keep`. */
int affected_open(const struct kernel *kernel, const char *kept, bool keep, unsigned jobs,
		  const struct progress *progress, struct include_graph **ret_graph,
		  struct error *err);
/* The C and assembly sources (not headers) that are or include one of the files, sorted. */
void affected_sources(const struct include_graph *graph, const struct text_list *files,
		      struct text_list *ret_sources);

#endif
