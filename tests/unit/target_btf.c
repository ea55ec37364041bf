// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/memory.h"
#include "made_btf.h"
#include "target/btf.h"
#include "test.h"

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
