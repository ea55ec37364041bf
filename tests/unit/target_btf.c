// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/btf.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "target/btf.h"
#include "test.h"

/*
 *	1  int                       2  typedef int number;
 *	3  union { int x; number y; }
 *	4  struct inner { int first; number second; }
 *	5  const struct inner
 *	6  struct outer { int a; union { int x; number y; }; const struct inner in; int flag : 3; }
 *	7  struct twin { int a; }    8  struct twin { int pad; int a; }   (sizes 4 and 8)
 *	9  struct loop { struct loop; }: unnamed and endless, as no compiler makes it
 */
static const char strings[] =
	"\0int\0number\0x\0y\0inner\0first\0second\0outer\0a\0in\0flag\0twin\0pad\0loop";
enum {
	INT = 1, NUMBER = 5, X = 12, Y = 14, INNER = 16, FIRST = 22, SECOND = 28, OUTER = 35,
	A = 41, IN = 43, FLAG = 46, TWIN = 51, PAD = 56, LOOP = 60,
};

#define INFO(kind, count, flag) ((uint32_t)(flag) << 31 | (kind) << 24 | (count))
#define MEMBER(name, type, bits) (name), (type), (bits)

static const uint32_t types[] = {
	INT, INFO(BTF_KIND_INT, 0, 0), 4, 32,
	NUMBER, INFO(BTF_KIND_TYPEDEF, 0, 0), 1,
	0, INFO(BTF_KIND_UNION, 2, 0), 4, MEMBER(X, 1, 0), MEMBER(Y, 2, 0),
	INNER, INFO(BTF_KIND_STRUCT, 2, 0), 8, MEMBER(FIRST, 1, 0), MEMBER(SECOND, 2, 32),
	0, INFO(BTF_KIND_CONST, 0, 0), 4,
	OUTER, INFO(BTF_KIND_STRUCT, 4, 1), 20, MEMBER(A, 1, 0), MEMBER(0, 3, 32),
	MEMBER(IN, 5, 64), MEMBER(FLAG, 1, 3u << 24 | 128),
	TWIN, INFO(BTF_KIND_STRUCT, 1, 0), 4, MEMBER(A, 1, 0),
	TWIN, INFO(BTF_KIND_STRUCT, 2, 0), 8, MEMBER(PAD, 1, 0), MEMBER(A, 1, 32),
	LOOP, INFO(BTF_KIND_STRUCT, 2, 0), 4, MEMBER(0, 9, 0), MEMBER(0, 9, 0),
};

static void make_btf(struct buffer *into)
{
	const struct btf_header header = {
		.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(header),
		.type_off = 0, .type_len = sizeof(types),
		.str_off = sizeof(types), .str_len = sizeof(strings),
	};

	buffer_add(into, &header, sizeof(header));
	buffer_add(into, types, sizeof(types));
	buffer_add(into, strings, sizeof(strings));
}

static void sizes_and_offsets_are_found_through_typedefs_and_unnamed_members(void **state)
{
	static const struct {
		const char *member;
		uint64_t offset;
	} members[] = { { "a", 0 }, { "x", 4 }, { "y", 4 }, { "in", 8 }, { "in.second", 12 } };
	auto_buffer struct buffer data = BUFFER_INIT;
	auto_btf struct btf *btf = NULL;
	struct error err = ERROR_INIT;
	uint64_t answer;

	(void)state;
	make_btf(&data);
	assert_ok(btf_parse(data.data, data.size, &btf, &err), err);
	assert_ok(btf_struct_size(btf, "outer", &answer, &err), err);
	assert_int_equal(answer, 20);
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		assert_ok(btf_member_offset(btf, "outer", members[i].member, &answer, &err), err);
		assert_int_equal(answer, members[i].offset);
	}
}

static void what_is_not_there_or_not_clear_is_an_error(void **state)
{
	auto_buffer struct buffer data = BUFFER_INIT;
	auto_btf struct btf *btf = NULL;
	struct error err = ERROR_INIT;
	uint64_t answer;

	(void)state;
	make_btf(&data);
	assert_ok(btf_parse(data.data, data.size, &btf, &err), err);
	assert_fails(btf_struct_size(btf, "nobody", &answer, &err), err, ERROR_NOT_FOUND,
		     "no struct nobody");
	assert_fails(btf_struct_size(btf, "int", &answer, &err), err, ERROR_NOT_FOUND, "int");
	assert_fails(btf_struct_size(btf, "twin", &answer, &err), err, ERROR_INVALID,
		     "different size");
	assert_fails(btf_member_offset(btf, "twin", "a", &answer, &err), err, ERROR_INVALID,
		     "differ in a");
	assert_fails(btf_member_offset(btf, "outer", "b", &answer, &err), err, ERROR_NOT_FOUND,
		     "struct outer: it has no member b");
	assert_fails(btf_member_offset(btf, "outer", "a.b", &answer, &err), err, ERROR_NOT_FOUND,
		     "no member b");
	assert_fails(btf_member_offset(btf, "outer", "in.", &answer, &err), err, ERROR_NOT_FOUND,
		     "no member");
	assert_fails(btf_member_offset(btf, "outer", "", &answer, &err), err, ERROR_NOT_FOUND,
		     "no member");
	assert_fails(btf_member_offset(btf, "outer", "flag", &answer, &err), err,
		     ERROR_UNSUPPORTED, "bit-field");
	assert_fails(btf_member_offset(btf, "loop", "a", &answer, &err), err, ERROR_NOT_FOUND,
		     "no member a");
}

/* Cut or changed anywhere: an error or another answer, never a crash or an endless search. */
static void hostile_type_information_does_no_harm(void **state)
{
	auto_buffer struct buffer data = BUFFER_INIT;

	(void)state;
	make_btf(&data);
	for (size_t at = 0; at < data.size; at++) {
		auto_free uint8_t *cut = xmemdup(data.data, at);
		auto_free uint8_t *changed = xmemdup(data.data, data.size);
		auto_btf struct btf *none = NULL;
		auto_btf struct btf *btf = NULL;
		struct error err = ERROR_INIT;
		uint64_t answer;

		assert_int_equal(btf_parse(cut, at, &none, &err), -1);
		changed[at] ^= 0xff;
		if (btf_parse(changed, data.size, &btf, &err) < 0)
			continue;
		btf_struct_size(btf, "outer", &answer, &err);
		btf_member_offset(btf, "outer", "in.second", &answer, &err);
		btf_member_offset(btf, "loop", "a", &answer, &err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_and_offsets_are_found_through_typedefs_and_unnamed_members),
		cmocka_unit_test(what_is_not_there_or_not_clear_is_an_error),
		cmocka_unit_test(hostile_type_information_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
