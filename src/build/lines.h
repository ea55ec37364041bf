/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Line numbers of unchanged text stay. An added line would move __LINE__ in every WARN, BUG and
 * might_sleep() below it, so that functions which nobody touched compile differently. The patched
 * copy therefore gets "#line" directives (C11 6.10.4, without a file name, so that __FILE__ stays)
 * behind what changed.
 */
#ifndef SUTURE_BUILD_LINES_H
#define SUTURE_BUILD_LINES_H

#include <stdbool.h>

#include "base/buffer.h"

/* Appends the final text with directives. False, and the plain text, if the original has #line
 * directives of its own (generated sources): its numbers are not those of its lines. */
bool lines_keep(const struct buffer *original, const struct buffer *final, struct buffer *into);

#endif
