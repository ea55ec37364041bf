/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the caller and the callee of a function have to agree about for one parameter, or for what it
 * returns: in which registers it goes, how much of them counts, and what a pointer leads to. That much
 * can be told from any kind of debug information, and compared where both sides have another kind.
 */
#ifndef SUTURE_ELF_VALUE_H
#define SUTURE_ELF_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "elf/ctype.h"

enum value_kind {
	VALUE_UNKNOWN, /* may be anything */
	VALUE_NONE, /* void */
	VALUE_INTEGER, /* also bool and enums; the sign is the code's own business */
	VALUE_FLOAT,
	VALUE_POINTER,
	VALUE_AGGREGATE, /* struct or union by value */
};

struct value { /* borrows its text */
	enum value_kind kind;
	uint64_t size; /* bytes; of what a pointer leads to if that is an integer, else 0 */
	/* Of the struct or union that it is or points to: its tag, else the name that a typedef gives it;
	 * NULL: it has none, or is of another kind. */
	const char *tag;
};

/* NULL is void. */
struct value value_of(const struct ctype *type);

/* What one side means is what the other one means. A pointer to void or to bytes (char) may lead to
 * anything, and what is unknown differs from nothing. */
bool value_agrees(const struct value *a, const struct value *b);

/* "a pointer to struct page", "an integer of 4 bytes". Caller frees. */
char *value_text(const struct value *value);

#endif
