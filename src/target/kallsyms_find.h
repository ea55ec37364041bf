/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to kallsyms.c: where the tables of kallsyms stand in a section. */
#ifndef SUTURE_TARGET_KALLSYMS_FIND_H
#define SUTURE_TARGET_KALLSYMS_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kallsyms_tables { /* all positions are offsets in data */
	const uint8_t *data;
	size_t size;
	size_t count; /* of symbols */
	size_t num_syms;
	size_t names;
	size_t markers; /* the names end up to 7 bytes before */
	size_t tokens;
	size_t token_index;
	size_t seqs; /* 0: where there are none, or behind the offsets */
	uint64_t work; /* names walked so far */
};

/* What has been read, to go on: all little-endian. */
static inline uint64_t kallsyms_get(const uint8_t *at, unsigned bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static inline size_t kallsyms_align(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

/* Size of the name at `at` with its length in front, *ret_start where its bytes begin; 0 if it is
 * empty or does not end before `end`. */
static inline size_t kallsyms_name_size(const uint8_t *at, const uint8_t *end, size_t *ret_start)
{
	if (at >= end)
		return 0;

	size_t start = 1, length = at[0];

	if (length & 0x80) {
		if (end - at < 2)
			return 0;
		length = (length & 0x7f) | (size_t)(at[1] & 0x7f) << 7;
		start = 2;
	}
	if (length == 0 || length > (size_t)(end - at) - start)
		return 0;
	*ret_start = start;
	return start + length;
}

/* Finds token_table and token_index from *position on, and sets *position behind. */
bool kallsyms_find_tokens(struct kallsyms_tables *tables, size_t *position);
/* Finds num_syms, names and markers in front of the tokens, from *position on, and sets *position
 * behind. ERROR_INVALID when the search costs more than any real kernel's would. */
int kallsyms_find_names(struct kallsyms_tables *tables, size_t *position, bool *ret_found,
			struct error *err);

#endif
