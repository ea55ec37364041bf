/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text cut into lines. */
#ifndef SUTURE_BUILD_LINE_TABLE_H
#define SUTURE_BUILD_LINE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

struct text_line {
	const char *text; /* in the buffer that was cut */
	size_t size; /* with the newline; only the last line may have none */
};

struct line_table {
	struct text_line *items;
	size_t count, capacity;
};

void line_table_cut(struct line_table *table, const struct buffer *text);
void line_table_clear(struct line_table *table);
bool text_line_same(const struct text_line *a, const struct text_line *b);

#define auto_line_table __attribute__((cleanup(line_table_clear)))

#endif
