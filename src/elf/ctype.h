/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A C type as an object's debug information tells it: nodes of a graph that lives as long as the
 * struct dwarf it came from. Two types of different objects can be compared here; what a
 * difference means for a livepatch is src/diff/layout.h's business.
 *
 * The graph was checked when it was read (chains of typedefs end, nothing refers to what is no
 * type), so these functions cannot fail.
 */
#ifndef SUTURE_ELF_CTYPE_H
#define SUTURE_ELF_CTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ctype_kind {
	CTYPE_BASE, /* int, char, bool, float: size and encoding */
	CTYPE_POINTER,
	CTYPE_STRUCT,
	CTYPE_UNION,
	CTYPE_ENUM,
	CTYPE_ARRAY,
	CTYPE_FUNCTION,
	CTYPE_TYPEDEF,
	CTYPE_QUALIFIER, /* const, volatile, restrict: no difference to any layout */
	CTYPE_ATOMIC, /* _Atomic: can change size and alignment */
	CTYPE_UNSPECIFIED, /* what an assembler says of its functions */
};

struct ctype_member {
	const char *name; /* NULL: unnamed struct or union; a parameter's name is not kept */
	const struct ctype *type; /* NULL: void */
	uint64_t bit_offset; /* from the start of the struct */
	uint64_t bit_size; /* of a bit field, else 0 */
};

struct ctype_enumerator {
	const char *name;
	int64_t value; /* an unsigned 64-bit value wraps: it is only ever compared */
};

struct ctype {
	enum ctype_kind kind;
	bool is_declaration; /* struct, union, enum: "struct foo;" only */
	bool is_variadic; /* function: ends with "..." */
	unsigned encoding; /* base type: DW_ATE_*, DWARF 5 section 7.8 */
	unsigned line; /* where it is declared, 0 if unknown */
	const char *name; /* tag, typedef's or base type's name; NULL if it has none */
	const char *scope; /* struct, union, enum: function that it is defined in, else "" */
	uint64_t size; /* bytes, 0 if not said; see ctype_size() */
	uint64_t alignment; /* bytes, where the source asks for one, else 0 */
	/* What it points to, is an array of, returns, or stands for; NULL: void. */
	const struct ctype *target;
	const struct ctype_member *members; /* struct, union: members; function: parameters */
	size_t member_count;
	const struct ctype_enumerator *enumerators;
	size_t enumerator_count;
	const uint64_t *bounds; /* array: elements per dimension, 0: flexible */
	size_t bound_count;
};

/* Limit of chains of typedefs and qualifiers: longer ones are malformed. */
#define CTYPE_CHAIN_LIMIT 64

bool ctype_is_aggregate(const struct ctype *type); /* a struct or union; NULL: false */
/* Without typedefs and qualifiers; NULL: void. If that ends in a struct, union or enum without a
 * tag, *ret_typedef (if wanted) is the last typedef's name on the way, else NULL. */
const struct ctype *ctype_resolve(const struct ctype *type, const char **ret_typedef);
/* Bytes that an object of the type has; 0 for void, functions, incomplete and flexible ones. */
uint64_t ctype_size(const struct ctype *type);

/*
 * Whether compiled code can take one for the other: base types by size and encoding; structs,
 * unions and enums with a name (a tag, or a typedef's for one without) by that name, without
 * looking inside; everything else by its parts. Typedefs and qualifiers do not count.
 */
bool ctype_same(const struct ctype *a, const struct ctype *b);
/* The same, but looks inside these two even if they have names. */
bool ctype_same_inside(const struct ctype *a, const struct ctype *b);

/* As it would stand in C: "int (*)(struct sk_buff *, unsigned int)". Caller frees. */
char *ctype_text(const struct ctype *type);

#endif
