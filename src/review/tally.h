/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function does how often, before and after a patch, by the words of its source. Private to
 * src/review. */
#ifndef SUTURE_REVIEW_TALLY_H
#define SUTURE_REVIEW_TALLY_H

#include "base/map.h"
#include "build/c_text.h"

enum tally_kind {
	TALLY_CALL, /* name: the function or macro */
	TALLY_WRITE, /* name: the member that is assigned, ->name or .name */
	TALLY_READ, /* name: the member, looked at in any other way */
	TALLY_ARM, /* name: a function that is handed on to be called later; by: INIT_WORK */
	TALLY_THREAD, /* the same, for a kernel thread's main function */
};

struct tally_item {
	enum tally_kind kind;
	char *name;
	char *by; /* or NULL */
	int before, after;
};

struct tally { /* of one function; owns everything */
	struct tally_item *items;
	size_t count, capacity;
};

/* Adds what stands in the function's body; `is_after`: to the counts of after the patch. */
void tally_add(struct tally *tally, const struct c_text *text, const struct c_chunk *function,
	       bool is_after);
void tally_clear(struct tally *tally);
#define auto_tally __attribute__((cleanup(tally_clear)))

#endif
