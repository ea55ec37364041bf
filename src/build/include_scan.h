/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads all C and assembly text of a source tree for what it includes. The answer is text, to be
 * kept in the cache: "F path" for each file, then a line '"name' or '<name' for each of its
 * includes, in the form in which it is written.
 *
 * Conditional groups are not evaluated, so that the answer holds for every configuration. A macro
 * that is defined as a header's name counts as an include where it is defined: computed includes
 * (#include GENL_MAGIC_INCLUDE_FILE) take their name from one.
 */
#ifndef SUTURE_BUILD_INCLUDE_SCAN_H
#define SUTURE_BUILD_INCLUDE_SCAN_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/log.h"

/* With `jobs` processes. A few seconds for a kernel. */
int include_scan(const char *source, unsigned jobs, const struct progress *progress,
		 struct buffer *into, struct error *err);
/* The includes of one text. */
void include_scan_text(const char *text, size_t size, struct buffer *into);

#endif
