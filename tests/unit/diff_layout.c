// SPDX-License-Identifier: GPL-2.0-or-later
/* The types are in types/layout.c, compiled as original and patched, in several formats. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "diff/layout.h"
#include "test.h"

/* The same sources as the compiler writes them by default, as DWARF 4, and compressed. */
static const char *const formats[] = { "dwarf5", "dwarf4", "compressed" };

static char *object(const char *name, const char *format)
{
	return xasprintf("%s/%s-%s.o", getenv("TEST_OBJECTS"), name, format);
}

static struct finding_list found[ARRAY_SIZE(formats)];

static int compare_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		auto_free char *old = object("layout-old", formats[i]);
		auto_free char *new = object("layout-new", formats[i]);
		struct error err;

		if (layout_compare(old, new, "types/layout.c", &found[i], &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			return -1;
		}
	}
	return 0;
}

static int clear_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		finding_list_clear(&found[i]);
	return 0;
}

static const struct finding *find(const struct finding_list *list, const char *type)
{
	const struct finding *finding = NULL;

	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].function, type)) {
			if (finding)
				fail_msg("%s has two findings", type);
			finding = &list->items[i];
		}
	return finding;
}

static void expect(enum rule_id rule, const char *type, const char *words)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const struct finding *finding = find(&found[i], type);

		if (!finding)
			fail_msg("%s: nothing about %s", formats[i], type);
		if (finding->rule != rule || !strstr(finding->detail, words))
			fail_msg("%s: %s: %s: %s", formats[i], rule_get(finding->rule)->slug, type,
				 finding->detail);
		assert_string_equal(finding->file, "types/layout.c");
	}
}

static void expect_changed(const char *type, const char *words)
{
	expect(RULE_LAYOUT_CHANGED, type, words);
}

static void expect_grown(const char *type, const char *words)
{
	expect(RULE_LAYOUT_GROWN, type, words);
}

static void expect_nothing(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const struct finding *finding = find(&found[i], type);

		if (finding)
			fail_msg("%s: %s: %s", formats[i], type, finding->detail);
	}
}

static void what_means_the_same_is_no_finding(void **state)
{
	(void)state;
	expect_nothing("struct same");
	expect_nothing("struct requalified");
	expect_nothing("struct same_thing");
	expect_nothing("struct parameter_name");
	expect_nothing("struct wrapped");
	expect_nothing("enum same_enum");
}

static void types_of_one_object_only_and_declarations_are_no_finding(void **state)
{
	(void)state;
	expect_nothing("struct only_declared");
	expect_nothing("struct uses_declared");
	expect_nothing("struct vanished");
	expect_nothing("struct arrived");
	expect_nothing("struct other");
}

static void a_moved_or_lost_member_is_changed(void **state)
{
	(void)state;
	expect_changed("struct moved", "member a moved from offset 0 to 4; "
				       "member b moved from offset 4 to 8");
	expect_changed("struct moved", "size changed from 8 to 12 bytes");
	expect_changed("struct smaller", "member b at offset 4 is gone");
	expect_changed("by_typedef", "member a moved from offset 0 to 4");
	expect_changed("row_of_ints", "from int[4] to int[8]");
	expect_changed("plain_number", "from unsigned int to long unsigned int");
}

static void a_member_of_another_type_is_changed(void **state)
{
	(void)state;
	expect_changed("struct retyped", "member a changed from int to unsigned int");
	expect_changed("struct repointed", "from struct same * to struct other *");
	expect_changed("struct bounds", "member a changed from int[4] to int[5]");
	expect_changed("union alternative_retyped", "member a changed from int to float");
}

static void a_renamed_member_is_changed(void **state)
{
	(void)state;
	expect_changed("struct renamed", "member b at offset 4 is called c now (same type)");
	expect_changed("struct renamed_pointer", "member d at offset 8 is called e now (same type)");
	expect_changed("struct renamed_and_grown", "member b at offset 0 is called c now (same type)");
	expect_changed("struct renamed_array", "member b at offset 0 is called c now (same type)");
	expect_changed("struct renamed_inside", "member b at offset 0 is called c now (same type)");
}

/* In turn: before, now. */
static void expect_renamed(const char *type, const char *wanted)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		auto_free char *old_path = object("layout-old", formats[i]);
		auto_free char *new_path = object("layout-new", formats[i]);
		auto_dwarf struct dwarf *old = NULL;
		auto_dwarf struct dwarf *new = NULL;
		auto_text_list struct text_list names = { 0 };
		auto_buffer struct buffer text = BUFFER_INIT;
		struct error err = ERROR_INIT;

		assert_ok(dwarf_open(old_path, &old, &err), err);
		assert_ok(dwarf_open(new_path, &new, &err), err);

		auto_layouts struct layouts *before = layouts_new(old);
		auto_layouts struct layouts *after = layouts_new(new);

		layouts_find_renamed(before, after, type, &names);
		for (size_t k = 0; k < names.count; k++)
			buffer_printf(&text, "%s ", names.items[k]);
		assert_string_equal(buffer_text(&text), wanted);
	}
}

static void names_of_members_that_alone_changed_are_told(void **state)
{
	(void)state;
	expect_renamed("struct renamed", "b c ");
	expect_renamed("struct renamed_pointer", "b c d e ");
	expect_renamed("struct renamed_and_grown", ""); /* something else, too */
	expect_renamed("struct renamed_array", ""); /* not one value */
	expect_renamed("struct renamed_inside", ""); /* of a union: others share the place */
	expect_renamed("struct moved", "");
	expect_renamed("struct same", "");
	expect_renamed("struct no_such_type", "");
}

static void a_bit_field_of_another_place_or_width_is_changed(void **state)
{
	(void)state;
	expect_changed("struct bits_wider", "the width of member a changed from 2 to 3 bits; "
					    "member b moved from offset 0 bit 2 to 0 bit 3");
	expect_changed("struct bits_moved", "member b moved from offset 0 bit 2 to 0 bit 4");
}

static void another_alignment_is_changed(void **state)
{
	(void)state;
	/* Strict DWARF 4 cannot say why. */
	expect_changed("struct aligned_more", "size changed from 8 to 64 bytes");
	assert_non_null(strstr(find(&found[0], "struct aligned_more")->detail,
			       "alignment changed from 0 to 64"));
}

static void a_callback_of_another_prototype_is_changed(void **state)
{
	(void)state;
	expect_changed("struct operations",
		       "member ioctl changed from int (*)(struct same *, unsigned int) to "
		       "int (*)(struct same *, long unsigned int)");
	expect_changed("struct operations_fewer", "member open");
	expect_changed("struct operations_result", "from int (*)(void) to void (*)(void)");
	expect_changed("struct operations_variadic", "from int (*)(int) to int (*)(int, ...)");
}

static void what_unnamed_structs_and_unions_hold_is_compared(void **state)
{
	(void)state;
	expect_changed("struct nested", "member in.c changed from short int to long int");
	expect_changed("struct nested", "member behind moved from offset 8 to 16");
	expect_changed("struct nested_array", "member in changed");
	expect_changed("struct uses_pointer", "member a changed");
}

static void nothing_may_lie_over_old_members(void **state)
{
	(void)state;
	expect_changed("struct flexible", "member data moved from offset 4 to 8");
	expect_changed("struct flexible_covered", "new member b at offset 4 lies over member data");
	expect_changed("struct overlaid", "new member b at offset 0 lies over member a");
}

static void another_value_of_an_enumerator_is_changed(void **state)
{
	(void)state;
	expect_changed("enum values", "enumerator VALUE_TWO changed from 1 to 2");
	expect_changed("enum fewer", "enumerator FEWER_TWO (1) is gone");
	expect_changed("enum wide", "WIDE_ONE changed from 1 to 4294967296");
	expect_changed("enum without a name", "enumerator UNNAMED_LIMIT changed from 5 to 6");
}

static void a_filled_hole_is_grown(void **state)
{
	(void)state;
	expect_grown("struct hole", "new member b fills a hole (offset 1, 1 bytes)");
	expect_grown("struct hole_of_bits", "new member b fills a hole (offset 0 bit 3, 4 bits)");
	expect_grown("struct padding", "new member c fills a hole (offset 12, 2 bytes)");
}

static void a_member_behind_all_others_is_grown(void **state)
{
	(void)state;
	expect_grown("struct grown_end", "new member b at the end (offset 8, 8 bytes); "
					 "size changed from 8 to 16 bytes");
	expect_grown("struct grown_flexible", "new member data at the end");
}

static void who_holds_a_grown_type_grows_or_changes_with_it(void **state)
{
	(void)state;
	expect_grown("struct holds_grown", "member last changed its size from 8 to 16 bytes");
	expect_changed("struct array_of_grown", "member behind moved from offset 16 to 32");
	expect_changed("struct last_array_of_grown", "the elements of member elements changed");
}

static void one_more_alternative_of_a_union_is_grown(void **state)
{
	(void)state;
	expect_grown("union alternatives", "member c at offset 0 is one more alternative");
	expect_grown("struct inner_alternatives", "member d at offset 4 is one more alternative");
}

static void an_appended_enumerator_is_grown(void **state)
{
	(void)state;
	expect_grown("enum appended", "new enumerator APPENDED_TWO (1)");
}

static void types_of_one_name_are_told_apart_by_their_function(void **state)
{
	(void)state;
	expect_nothing("struct twice");
	expect_changed("struct thrice", "member a moved from offset 0 to 8");
}

static void what_cannot_be_told_apart_is_changed(void **state)
{
	(void)state;
	expect_changed("struct torn", "several types have this name (2 and 2");
}

static void another_prototype_of_a_function_is_changed(void **state)
{
	(void)state;
	expect_nothing("function_same");
	expect_changed("function_changed", "prototype changed from int (int) to int (long int)");
	expect_changed("function_more", "from int (int) to int (int, int)");
}

static void functions_that_others_cannot_call_do_not_matter(void **state)
{
	(void)state;
	expect_nothing("function_static");
	expect_nothing("function_only_inlined");
}

static void there_is_no_finding_that_no_test_expects(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		assert_int_equal(finding_count(&found[i], RULE_WARN), 9);
		assert_int_equal(finding_count(&found[i], RULE_REFUSE), 37);
	}
}

static void an_object_is_equal_to_itself(void **state)
{
	auto_finding_list struct finding_list none = { 0 };
	auto_free char *path = object("layout-new", "dwarf5");
	struct error err;

	(void)state;
	assert_ok(layout_compare(path, path, NULL, &none, &err), err);
	assert_int_equal(none.count, 0);
}

static void without_debug_information_it_says_so(void **state)
{
	auto_finding_list struct finding_list none = { 0 };
	auto_free char *with = object("layout-old", "dwarf5");
	auto_free char *without = object("layout-old", "bare");
	struct error err;

	(void)state;
	assert_fails(layout_compare(with, without, NULL, &none, &err), err, ERROR_NOT_FOUND,
		     "has no debug information");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_means_the_same_is_no_finding),
		cmocka_unit_test(types_of_one_object_only_and_declarations_are_no_finding),
		cmocka_unit_test(a_moved_or_lost_member_is_changed),
		cmocka_unit_test(a_member_of_another_type_is_changed),
		cmocka_unit_test(a_renamed_member_is_changed),
		cmocka_unit_test(names_of_members_that_alone_changed_are_told),
		cmocka_unit_test(a_bit_field_of_another_place_or_width_is_changed),
		cmocka_unit_test(another_alignment_is_changed),
		cmocka_unit_test(a_callback_of_another_prototype_is_changed),
		cmocka_unit_test(what_unnamed_structs_and_unions_hold_is_compared),
		cmocka_unit_test(nothing_may_lie_over_old_members),
		cmocka_unit_test(another_value_of_an_enumerator_is_changed),
		cmocka_unit_test(a_filled_hole_is_grown),
		cmocka_unit_test(a_member_behind_all_others_is_grown),
		cmocka_unit_test(who_holds_a_grown_type_grows_or_changes_with_it),
		cmocka_unit_test(one_more_alternative_of_a_union_is_grown),
		cmocka_unit_test(an_appended_enumerator_is_grown),
		cmocka_unit_test(types_of_one_name_are_told_apart_by_their_function),
		cmocka_unit_test(what_cannot_be_told_apart_is_changed),
		cmocka_unit_test(another_prototype_of_a_function_is_changed),
		cmocka_unit_test(functions_that_others_cannot_call_do_not_matter),
		cmocka_unit_test(there_is_no_finding_that_no_test_expects),
		cmocka_unit_test(an_object_is_equal_to_itself),
		cmocka_unit_test(without_debug_information_it_says_so),
	};

	return cmocka_run_group_tests(tests, compare_all, clear_all);
}
