/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What in the kernel's log speaks against a patch. Against one that is new here, whatever the kernel
 * complains of. One that was committed in an earlier boot is loaded early at every boot, before the
 * drivers, whose warnings are none of its doing: against it speak an oops, a lockup and the like, and of
 * warnings, stalls and hung tasks those that have it in their stacks.
 */
#ifndef SUTURE_AGENT_TROUBLE_H
#define SUTURE_AGENT_TROUBLE_H

#include <stdbool.h>

struct trouble_search {
	const char *module; /* of a committed patch, as the kernel spells it; NULL: everything counts */
	char told[1024]; /* the complaint whose stack is being read */
	unsigned left; /* lines of it that may still come */
};

bool trouble_is_told(const char *line); /* an oops, a lockup, a stall, a WARN: anything */
/* The log's next line of at least this level. The line that speaks against the patch (of `search` or
 * `line` itself, not to be freed), or NULL: none so far. */
const char *trouble_search_next(struct trouble_search *search, unsigned level, const char *line);

#endif
