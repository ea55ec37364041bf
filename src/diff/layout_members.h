/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The members of a struct or union, flat: what unnamed structs and unions contain stands beside
 * the others, as in C, with its place in the whole. Part of diff/layout.
 */
#ifndef SUTURE_DIFF_LAYOUT_MEMBERS_H
#define SUTURE_DIFF_LAYOUT_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "elf/ctype.h"

struct layout_member {
	const char *name; /* "a", or "x.a" for a in a named member x of an unnamed type */
	const struct ctype *type;
	uint64_t bit_offset; /* in the whole */
	uint64_t bits; /* that it takes; 0 for a flexible array */
	bool is_bit_field;
	bool is_open; /* ends with a flexible array: takes everything behind it */
};

/* Where a union lies in the whole. */
struct layout_union {
	uint64_t bit_offset, bits;
};

struct layout_members {
	struct arena *arena; /* owns the names */
	struct layout_member *items;
	size_t count, capacity;
	struct layout_union *unions;
	size_t union_count, union_capacity;
	bool is_incomplete; /* beyond all limits: what is here is not all */
};

struct layout_members *layout_members_new(const struct ctype *type);
void layout_members_free(struct layout_members *members);
DEFINE_AUTO(layout_members)
#define auto_layout_members __attribute__((cleanup(auto_layout_members_cleanup)))

/* The member of that name, NULL if there is none; looks at `hint` first. */
const struct layout_member *layout_members_find(const struct layout_members *members,
						const char *name, size_t hint);
/* One of the members that share at least a bit with this one, or NULL. */
const struct layout_member *layout_members_under(const struct layout_members *members,
						 const struct layout_member *member);

#endif
