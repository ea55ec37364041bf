/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One type of the original against the one of that name in the patched object. Part of
 * diff/layout. */
#ifndef SUTURE_DIFF_LAYOUT_PAIR_H
#define SUTURE_DIFF_LAYOUT_PAIR_H

#include "base/buffer.h"
#include "base/text.h"
#include "elf/ctype.h"

/* Sentences, of which the first few are kept. */
struct layout_notes {
	struct buffer text;
	size_t shown; /* in the text */
	size_t count; /* all */
};

struct layout_difference {
	struct layout_notes changed, grown;
	/* Numbers and pointers, of no union, with another name in the same place, which `changed`
	 * counts as well: the name before and the name now, in turn. */
	struct text_list renamed;
};

void layout_note(struct layout_notes *notes, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void layout_difference_clear(struct layout_difference *difference);
#define auto_layout_difference __attribute__((cleanup(layout_difference_clear)))

/* "from int to long", also for types that read alike (plain char with and without
 * -funsigned-char). Caller frees. */
char *layout_change_text(const struct ctype *old, const struct ctype *new);

/* Both are structs or unions, or both are enums, and both are defined. */
void layout_compare_pair(const struct ctype *old, const struct ctype *new,
			 struct layout_difference *difference);

#endif
