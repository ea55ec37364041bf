// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/line_table.h"

#include <string.h>

#include "base/memory.h"

void line_table_cut(struct line_table *table, const struct buffer *text)
{
	const char *at = (const char *)text->data, *end = at + text->size;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t size = (size_t)((newline ? newline + 1 : end) - at);

		ARRAY_GROW(table->items, table->capacity, table->count + 1);
		table->items[table->count++] = (struct text_line){ at, size };
		at += size;
	}
}

void line_table_clear(struct line_table *table)
{
	free(table->items);
	*table = (struct line_table){ 0 };
}

bool text_line_same(const struct text_line *a, const struct text_line *b)
{
	return a->size == b->size && !memcmp(a->text, b->text, a->size);
}
