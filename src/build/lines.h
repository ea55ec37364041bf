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
#include <stddef.h>

#include "base/buffer.h"

/* Appends the final text with directives. False, and the plain text, if the original has #line
 * directives of its own (generated sources): its numbers are not those of its lines. */
bool lines_keep(const struct buffer *original, const struct buffer *final, struct buffer *into);

/* Line numbers as the compiler has them, of the original and of what lines_keep() makes. */
struct line_set {
	bool *has;
	size_t count, capacity;
	bool has_all; /* nobody can tell */
};

bool line_set_has(const struct line_set *set, size_t number);
void line_set_clear(struct line_set *set);
#define auto_line_set __attribute__((cleanup(line_set_clear)))

/*
 * Adds the numbers of the original's lines that are `gone`, and of the final text's that are `added`, with
 * those in front of them that belong to the same statement: a macro's call counts as the line it begins
 * on, whatever line of it was edited. A line that is in both texts may have the number of an added one.
 * The two may be one set.
 */
void lines_find_edited(const struct buffer *original, const struct buffer *final,
		       struct line_set *gone, struct line_set *added);

#endif
