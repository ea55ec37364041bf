/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small made-up type information (BTF). */
#ifndef SUTURE_TESTS_UNIT_MADE_BTF_H
#define SUTURE_TESTS_UNIT_MADE_BTF_H

#include <linux/btf.h>
#include <stdint.h>

#include "base/buffer.h"

/*
 *	1  int                       2  typedef int number;
 *	3  union { int x; number y; }
 *	4  struct inner { int first; number second; }
 *	5  const struct inner
 *	6  struct outer { int a; union { int x; number y; }; const struct inner in; int flag : 3; }
 *	7  struct twin { int a; }    8  struct twin { int pad; int a; }   (sizes 4 and 8)
 *	9  struct loop { struct loop; }: unnamed and endless, as no compiler makes it
 *	10 const struct inner *      11 number *      12 void *
 *	13 number (const struct inner *x, number y, number *a, void *in, struct inner, ...)
 *	14 first, a function of this prototype
 */
static const char made_btf_strings[] =
	"\0int\0number\0x\0y\0inner\0first\0second\0outer\0a\0in\0flag\0twin\0pad\0loop";
enum { /* offsets in made_btf_strings */
	BTF_INT = 1, BTF_NUMBER = 5, BTF_X = 12, BTF_Y = 14, BTF_INNER = 16, BTF_FIRST = 22,
	BTF_SECOND = 28, BTF_OUTER = 35, BTF_A = 41, BTF_IN = 43, BTF_FLAG = 46, BTF_TWIN = 51,
	BTF_PAD = 56, BTF_LOOP = 60,
};

#define MADE_TYPE(name, kind, count, flag, size) \
	(name), ((uint32_t)(flag) << 31 | (kind) << 24 | (count)), (size)
#define MADE_MEMBER(name, type, bits) (name), (type), (bits)
#define MADE_PARAMETER(name, type) (name), (type)

static const uint32_t made_btf_types[] = {
	MADE_TYPE(BTF_INT, BTF_KIND_INT, 0, 0, 4), 32,
	MADE_TYPE(BTF_NUMBER, BTF_KIND_TYPEDEF, 0, 0, 1),
	MADE_TYPE(0, BTF_KIND_UNION, 2, 0, 4),
	MADE_MEMBER(BTF_X, 1, 0), MADE_MEMBER(BTF_Y, 2, 0),
	MADE_TYPE(BTF_INNER, BTF_KIND_STRUCT, 2, 0, 8),
	MADE_MEMBER(BTF_FIRST, 1, 0), MADE_MEMBER(BTF_SECOND, 2, 32),
	MADE_TYPE(0, BTF_KIND_CONST, 0, 0, 4),
	MADE_TYPE(BTF_OUTER, BTF_KIND_STRUCT, 4, 1, 20),
	MADE_MEMBER(BTF_A, 1, 0), MADE_MEMBER(0, 3, 32),
	MADE_MEMBER(BTF_IN, 5, 64), MADE_MEMBER(BTF_FLAG, 1, 3u << 24 | 128),
	MADE_TYPE(BTF_TWIN, BTF_KIND_STRUCT, 1, 0, 4), MADE_MEMBER(BTF_A, 1, 0),
	MADE_TYPE(BTF_TWIN, BTF_KIND_STRUCT, 2, 0, 8),
	MADE_MEMBER(BTF_PAD, 1, 0), MADE_MEMBER(BTF_A, 1, 32),
	MADE_TYPE(BTF_LOOP, BTF_KIND_STRUCT, 2, 0, 4),
	MADE_MEMBER(0, 9, 0), MADE_MEMBER(0, 9, 0),
	MADE_TYPE(0, BTF_KIND_PTR, 0, 0, 5),
	MADE_TYPE(0, BTF_KIND_PTR, 0, 0, 2),
	MADE_TYPE(0, BTF_KIND_PTR, 0, 0, 0),
	MADE_TYPE(0, BTF_KIND_FUNC_PROTO, 6, 0, 2),
	MADE_PARAMETER(BTF_X, 10), MADE_PARAMETER(BTF_Y, 2), MADE_PARAMETER(BTF_A, 11),
	MADE_PARAMETER(BTF_IN, 12), MADE_PARAMETER(BTF_INNER, 4), MADE_PARAMETER(0, 0),
	MADE_TYPE(BTF_FIRST, BTF_KIND_FUNC, 0, 0, 13),
};

static inline void make_btf(struct buffer *into)
{
	const struct btf_header header = {
		.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(header),
		.type_off = 0, .type_len = sizeof(made_btf_types),
		.str_off = sizeof(made_btf_types), .str_len = sizeof(made_btf_strings),
	};

	buffer_add(into, &header, sizeof(header));
	buffer_add(into, made_btf_types, sizeof(made_btf_types));
	buffer_add(into, made_btf_strings, sizeof(made_btf_strings));
}

#endif
