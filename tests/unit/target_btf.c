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

static void look_at_functions(const struct btf *btf)
{
	for (uint32_t id = 0; id <= btf_count(btf); id++) {
		struct btf_function function;

		if (!btf_function(btf, id, &function))
			continue;
		btf_returned(btf, id);
		for (size_t i = 0; i < function.parameter_count; i++)
			btf_parameter(btf, id, i);
	}
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
		look_at_functions(btf);
	}
}

/* A module's types, behind those above: 15  struct own { struct inner in; int z : 5; } */
static void make_module_btf(struct buffer *into)
{
	static const char strings[] = "own\0z";
	const uint32_t base = sizeof(made_btf_strings);
	const uint32_t types[] = {
		MADE_TYPE(base, BTF_KIND_STRUCT, 2, 1, 12),
		MADE_MEMBER(BTF_IN, 4, 0), MADE_MEMBER(base + 4, 1, 5u << 24 | 64),
	};
	const struct btf_header header = {
		.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(header),
		.type_off = 0, .type_len = sizeof(types),
		.str_off = sizeof(types), .str_len = sizeof(strings),
	};

	buffer_add(into, &header, sizeof(header));
	buffer_add(into, types, sizeof(types));
	buffer_add(into, strings, sizeof(strings));
}

static void a_modules_types_go_on_from_those_of_vmlinux(void **state)
{
	auto_buffer struct buffer data = BUFFER_INIT;
	auto_buffer struct buffer more = BUFFER_INIT;
	auto_btf struct btf *base = NULL;
	auto_btf struct btf *btf = NULL;
	struct btf_aggregate aggregate;
	struct btf_aggregate_member member;
	struct error err = ERROR_INIT;
	uint64_t answer;

	(void)state;
	make_btf(&data);
	make_module_btf(&more);
	assert_ok(btf_parse(data.data, data.size, &base, &err), err);
	assert_ok(btf_parse_split(base, more.data, more.size, &btf, &err), err);
	assert_int_equal(btf_first(btf), 15);
	assert_int_equal(btf_count(btf), 16);
	assert_ok(btf_struct_size(btf, "outer", &answer, &err), err);
	assert_int_equal(answer, 20);
	assert_ok(btf_member_offset(btf, "own", "in.second", &answer, &err), err);
	assert_int_equal(answer, 4);
	assert_true(btf_aggregate(btf, 15, &aggregate));
	assert_string_equal(aggregate.name, "own");
	assert_int_equal(aggregate.size, 12);
	assert_int_equal(aggregate.member_count, 2);
	btf_aggregate_member(btf, 15, 1, &member);
	assert_string_equal(member.name, "z");
	assert_int_equal(member.bit_offset, 64);
	assert_int_equal(member.bit_size, 5);
	assert_true(btf_aggregate(btf, 3, &aggregate) && aggregate.is_union);
	assert_false(btf_aggregate(btf, 1, &aggregate) || btf_aggregate(btf, 0, &aggregate) ||
		     btf_aggregate(btf, 16, &aggregate));
}

static void assert_value(struct value value, const char *text)
{
	auto_free char *found = value_text(&value);

	assert_string_equal(found, text);
}

static void functions_say_what_they_take_and_return(void **state)
{
	auto_buffer struct buffer data = BUFFER_INIT;
	auto_btf struct btf *btf = NULL;
	struct btf_function function;
	struct error err = ERROR_INIT;

	(void)state;
	make_btf(&data);
	assert_ok(btf_parse(data.data, data.size, &btf, &err), err);
	assert_int_equal(btf_first(btf), 1);
	assert_false(btf_function(btf, 0, &function) || btf_function(btf, 6, &function) ||
		     btf_function(btf, 13, &function) || btf_function(btf, 15, &function));
	assert_true(btf_function(btf, 14, &function));
	assert_string_equal(function.name, "first");
	assert_int_equal(function.parameter_count, 5);
	assert_true(function.is_variadic);
	assert_value(btf_parameter(btf, 14, 0), "a pointer to struct inner");
	assert_value(btf_parameter(btf, 14, 1), "an integer of 4 bytes");
	assert_value(btf_parameter(btf, 14, 2), "a pointer to integers of 4 bytes");
	assert_value(btf_parameter(btf, 14, 3), "a pointer");
	assert_value(btf_parameter(btf, 14, 4), "struct inner of 8 bytes");
	assert_value(btf_returned(btf, 14), "an integer of 4 bytes");
}

static void values_agree_where_registers_mean_the_same(void **state)
{
	static const struct {
		struct value a, b;
		bool agree;
	} rows[] = {
		{ { VALUE_INTEGER, 4, NULL }, { VALUE_INTEGER, 4, NULL }, true },
		{ { VALUE_INTEGER, 4, NULL }, { VALUE_INTEGER, 8, NULL }, false },
		{ { VALUE_INTEGER, 8, NULL }, { VALUE_POINTER, 0, NULL }, false },
		{ { VALUE_INTEGER, 4, NULL }, { VALUE_FLOAT, 4, NULL }, false },
		{ { VALUE_NONE, 0, NULL }, { VALUE_INTEGER, 4, NULL }, false },
		{ { VALUE_UNKNOWN, 0, NULL }, { VALUE_INTEGER, 4, NULL }, true },
		{ { VALUE_POINTER, 0, "a" }, { VALUE_POINTER, 0, "a" }, true },
		{ { VALUE_POINTER, 0, "a" }, { VALUE_POINTER, 0, "b" }, false },
		{ { VALUE_POINTER, 0, "a" }, { VALUE_POINTER, 0, NULL }, true }, /* void * */
		{ { VALUE_POINTER, 0, "a" }, { VALUE_POINTER, 1, NULL }, true }, /* char * */
		{ { VALUE_POINTER, 0, "a" }, { VALUE_POINTER, 4, NULL }, false },
		{ { VALUE_POINTER, 8, NULL }, { VALUE_POINTER, 4, NULL }, false },
		{ { VALUE_AGGREGATE, 8, "a" }, { VALUE_AGGREGATE, 8, NULL }, true },
		{ { VALUE_AGGREGATE, 8, "a" }, { VALUE_AGGREGATE, 8, "b" }, false },
		{ { VALUE_AGGREGATE, 8, "a" }, { VALUE_AGGREGATE, 16, "a" }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (value_agrees(&rows[i].a, &rows[i].b) != rows[i].agree ||
		    value_agrees(&rows[i].b, &rows[i].a) != rows[i].agree)
			fail_msg("row %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_and_offsets_are_found_through_typedefs_and_unnamed_members),
		cmocka_unit_test(what_is_not_there_or_not_clear_is_an_error),
		cmocka_unit_test(hostile_type_information_does_no_harm),
		cmocka_unit_test(a_modules_types_go_on_from_those_of_vmlinux),
		cmocka_unit_test(functions_say_what_they_take_and_return),
		cmocka_unit_test(values_agree_where_registers_mean_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
