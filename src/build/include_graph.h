/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who includes whom in a source tree. Used to find the units that a header reaches; it errs on the
 * side of too many: where it is not sure which file an include means (folders that a Makefile adds
 * with -I), every file whose path ends so counts.
 */
#ifndef SUTURE_BUILD_INCLUDE_GRAPH_H
#define SUTURE_BUILD_INCLUDE_GRAPH_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"

struct include_graph;

/* From the text that include_scan() makes. Takes the buffer over. ERROR_INVALID. */
int include_graph_parse(struct buffer *text, struct include_graph **ret_graph, struct error *err);
void include_graph_free(struct include_graph *graph);

/*
 * Adds every file that includes one of `targets`, directly or not, and the targets themselves, in
 * no particular order. Targets may be files that are not in the tree yet.
 */
void include_graph_reach(const struct include_graph *graph, const struct text_list *targets,
			 struct text_list *ret_files);

#include "base/memory.h"
DEFINE_AUTO(include_graph)
#define auto_include_graph __attribute__((cleanup(auto_include_graph_cleanup)))

#endif
