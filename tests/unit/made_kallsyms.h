/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small made-up tables of kallsyms, in the layouts that kernels have had. */
#ifndef SUTURE_TESTS_UNIT_MADE_KALLSYMS_H
#define SUTURE_TESTS_UNIT_MADE_KALLSYMS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

struct made_symbol {
	uint64_t address;
	const char *text; /* type and name: "Tcapable" */
};

enum made_layout {
	MADE_6_0, /* offsets first, no seqs_of_names */
	MADE_6_1, /* offsets first */
	MADE_6_12, /* offsets last */
};

#define MADE_BASE 0xffffffff81000000u

struct made_tables {
	const struct made_symbol *symbols; /* by address, per-CPU ones (address below 2 GiB) first */
	size_t count;
	bool absolute_percpu;
	struct buffer *into;
};

static inline void made_le(struct buffer *into, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buffer_add_char(into, (char)(value >> (8 * i)));
}

/* Two tokens are longer than a letter, so that compression is seen. */
static inline const char *made_token(unsigned code, char letter[2])
{
	letter[0] = code >= 0x21 && code < 0x7f ? (char)code : 0;
	letter[1] = 0;
	return code == 1 ? "kernel_" : code == 2 ? "Tdo_" : letter;
}

static inline void made_offsets(const struct made_tables *tables)
{
	for (size_t i = 0; i < tables->count; i++) {
		uint64_t address = tables->symbols[i].address;
		uint64_t offset = address - MADE_BASE;

		if (tables->absolute_percpu)
			offset = address < 0x80000000 ? address : MADE_BASE - address - 1;
		made_le(tables->into, offset, 4);
	}
	buffer_align(tables->into, 8);
	made_le(tables->into, MADE_BASE, 8);
}

static inline size_t made_pack(const char *text, uint8_t *into)
{
	size_t size = 0;

	while (*text) {
		if (!strncmp(text, "kernel_", 7)) {
			into[size++] = 1;
			text += 7;
		} else if (!strncmp(text, "Tdo_", 4)) {
			into[size++] = 2;
			text += 4;
		} else {
			into[size++] = (uint8_t)*text++;
		}
	}
	return size;
}

static inline void made_names(const struct made_tables *tables)
{
	uint32_t markers[64];
	size_t count = 0;

	made_le(tables->into, tables->count, 8);

	size_t start = tables->into->size;

	for (size_t i = 0; i < tables->count; i++) {
		uint8_t packed[2048];
		size_t size = made_pack(tables->symbols[i].text, packed);

		if (i % 256 == 0)
			markers[count++] = (uint32_t)(tables->into->size - start);
		if (size > 0x7f) {
			buffer_add_char(tables->into, (char)((size & 0x7f) | 0x80));
			buffer_add_char(tables->into, (char)(size >> 7));
		} else {
			buffer_add_char(tables->into, (char)size);
		}
		buffer_add(tables->into, packed, size);
	}
	buffer_align(tables->into, 8);
	for (size_t i = 0; i < count; i++)
		made_le(tables->into, markers[i], 4);
	buffer_align(tables->into, 8);
}

static inline void made_tokens(const struct made_tables *tables)
{
	uint16_t index[256];
	size_t start = tables->into->size;
	char letter[2];

	for (unsigned i = 0; i < 256; i++) {
		const char *token = made_token(i, letter);

		index[i] = (uint16_t)(tables->into->size - start);
		buffer_add(tables->into, token, strlen(token) + 1);
	}
	buffer_align(tables->into, 8);
	for (unsigned i = 0; i < 256; i++)
		made_le(tables->into, index[i], 2);
}

static inline int made_compare(const void *a, const void *b)
{
	const struct made_symbol *const *x = a, *const *y = b;
	int order = strcmp((*x)->text + 1, (*y)->text + 1);

	return order ? order : *x < *y ? -1 : *x > *y;
}

static inline void made_seqs(const struct made_tables *tables)
{
	const struct made_symbol *sorted[16384];

	for (size_t i = 0; i < tables->count; i++)
		sorted[i] = &tables->symbols[i];
	qsort(sorted, tables->count, sizeof(sorted[0]), made_compare);
	for (size_t i = 0; i < tables->count; i++) {
		size_t seq = (size_t)(sorted[i] - tables->symbols);

		buffer_add_char(tables->into, (char)(seq >> 16));
		buffer_add_char(tables->into, (char)(seq >> 8));
		buffer_add_char(tables->into, (char)seq);
	}
	buffer_align(tables->into, 8);
}

/* Appends the tables with other bytes before and behind. The buffer's size must be a multiple of 8;
 * at most 16384 symbols. */
static inline void make_kallsyms(const struct made_symbol *symbols, size_t count,
				 enum made_layout layout, bool absolute_percpu, struct buffer *into)
{
	struct made_tables tables = { symbols, count, absolute_percpu, into };

	buffer_add(into, "some other constant data before", 32);
	if (layout != MADE_6_12)
		made_offsets(&tables);
	made_names(&tables);
	if (layout == MADE_6_1)
		made_seqs(&tables);
	made_tokens(&tables);
	if (layout == MADE_6_12) {
		made_offsets(&tables);
		made_seqs(&tables);
	}
	buffer_add(into, "and some other data behind them", 32);
}

#endif
