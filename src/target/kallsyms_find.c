// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/kallsyms_find.h"

#include <string.h>

#include "target/kallsyms.h"

#define TOKENS 256
#define INDEX_SIZE (TOKENS * 2)
#define SYMBOL_LIMIT (1u << 24) /* seqs_of_names has 24 bits for a symbol's index */
/* Names walked in all, wrong candidates included. A real kernel needs one walk. */
#define WORK_LIMIT ((uint64_t)4 * SYMBOL_LIMIT)

static bool is_zero(const uint8_t *from, const uint8_t *to)
{
	for (; from < to; from++)
		if (*from)
			return false;
	return true;
}

/* The index is where each token starts: 0 first, then growing. */
static bool looks_like_index(const uint8_t *index)
{
	uint64_t before = 0;

	if (kallsyms_get(index, 2) != 0)
		return false;
	for (size_t i = 1; i < TOKENS; i++) {
		uint64_t start = kallsyms_get(index + 2 * i, 2);

		if (start <= before)
			return false;
		before = start;
	}
	return true;
}

/* Each token must end with the zero byte just before the next, the last one up to 7 before `end`. */
static bool is_token_table(const uint8_t *table, const uint8_t *index, const uint8_t *end)
{
	for (size_t i = 0; i + 1 < TOKENS; i++) {
		uint64_t start = kallsyms_get(index + 2 * i, 2);
		uint64_t next = kallsyms_get(index + 2 * i + 2, 2);

		if (memchr(table + start, 0, next - start) != table + next - 1)
			return false;
	}

	const uint8_t *last = table + kallsyms_get(index + 2 * (TOKENS - 1), 2);
	const uint8_t *zero = memchr(last, 0, (size_t)(end - last));

	return zero && end - zero <= 8 && is_zero(zero, end);
}

/* The table stands right before its index; how long the last token is remains to be tried. */
static bool find_token_table(struct kallsyms_tables *tables, size_t index)
{
	const uint8_t *at = tables->data + index;
	size_t last = kallsyms_get(at + 2 * (TOKENS - 1), 2);

	for (size_t size = kallsyms_align(last + 1); size <= last + 1 + KALLSYMS_NAME_LIMIT;
	     size += 8) {
		if (size > index)
			return false;
		if (is_token_table(at - size, at, at)) {
			tables->tokens = index - size;
			tables->token_index = index;
			return true;
		}
	}
	return false;
}

bool kallsyms_find_tokens(struct kallsyms_tables *tables, size_t *position)
{
	for (size_t at = *position; tables->size - at >= INDEX_SIZE; at += 8)
		if (looks_like_index(tables->data + at) && find_token_table(tables, at)) {
			*position = at + 8;
			return true;
		}
	return false;
}

/* Walks all names; every 256th must start where its marker says, and the last must end where the
 * markers begin. */
static bool check_names(struct kallsyms_tables *tables, size_t names, size_t markers, size_t count)
{
	const uint8_t *at = tables->data + names;
	const uint8_t *end = tables->data + markers;

	for (size_t i = 0; i < count; i++) {
		size_t start;
		size_t size = kallsyms_name_size(at, end, &start);

		tables->work++;
		if (!size)
			return false;
		if (i % 256 == 0 && kallsyms_get(end + i / 256 * 4, 4) !=
					    (uint64_t)(at - tables->data - names))
			return false;
		at += size;
	}
	return end - at < 8 && is_zero(at, end);
}

/* Do `count` names start at `names`, with the markers up to `end`? */
static bool try_names(struct kallsyms_tables *tables, size_t names, size_t count, size_t end,
		      size_t seqs)
{
	size_t markers_size = kallsyms_align((count + 255) / 256 * 4);

	if (end < names || end - names < markers_size)
		return false;

	size_t markers = end - markers_size;

	if (kallsyms_get(tables->data + markers, 4) != 0 || (markers - names) / 2 < count ||
	    !check_names(tables, names, markers, count))
		return false;
	tables->num_syms = names - 8;
	tables->names = names;
	tables->markers = markers;
	tables->count = count;
	tables->seqs = seqs;
	return true;
}

int kallsyms_find_names(struct kallsyms_tables *tables, size_t *position, bool *ret_found,
			struct error *err)
{
	*ret_found = false;
	for (size_t at = *position; at + 8 < tables->tokens; at += 8) {
		uint64_t count = kallsyms_get(tables->data + at, 8); /* 4 bytes and padding */
		size_t seqs_size = kallsyms_align(3 * (size_t)(uint32_t)count);

		if (count == 0 || count > SYMBOL_LIMIT || count > tables->tokens / 2)
			continue;
		if (tables->work > WORK_LIMIT)
			return error_set(err, ERROR_INVALID,
					 "its tables are so ambiguous that they cannot be real");
		if (try_names(tables, at + 8, count, tables->tokens, 0) ||
		    (seqs_size < tables->tokens &&
		     try_names(tables, at + 8, count, tables->tokens - seqs_size,
			       tables->tokens - seqs_size))) {
			*position = at + 8;
			*ret_found = true;
			return 0;
		}
	}
	return 0;
}
