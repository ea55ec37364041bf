// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "emit/hand_copies.h"
#include "test.h"

/* "name" in .data, "name!" in .rodata */
static struct object *make(const char *const *names)
{
	struct object *object = object_new("x.o");
	struct elf_section *data =
		object_add_section(object, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 8);
	struct elf_section *constant =
		object_add_section(object, ".rodata", SHT_PROGBITS, SHF_ALLOC, 8);

	for (; *names; names++) {
		auto_free char *name = xstrdup(*names);
		size_t length = strcspn(name, "!");
		bool is_constant = name[length];

		name[length] = 0;
		object_add_symbol(object, name, is_constant ? constant : data, 0, 8, STB_LOCAL,
				  STT_OBJECT);
	}
	return object;
}

#define LIST(...) (const char *const[]){ __VA_ARGS__, NULL }

static void a_variable_that_both_have_is_found(void **state)
{
	auto_object struct object *plain =
		make(LIST("mask", "count.3", "table!", "__already_done.1", "alone"));
	auto_object struct object *module =
		make(LIST("mask", "count.7", "count.8", "table!", "__already_done.2", "own", "alone!"));
	auto_text_list struct text_list variables = { 0 }, locals = { 0 };

	(void)state;
	hand_find_copies(plain, module, &variables, &locals);
	assert_int_equal(variables.count, 1);
	assert_string_equal(variables.items[0], "mask");
	assert_int_equal(locals.count, 1);
	assert_string_equal(locals.items[0], "count");
}

static void a_name_is_live_as_a_whole_and_where_it_can_change(void **state)
{
	auto_object struct object *plain = make(LIST("mask", "count.3", "table!"));

	(void)state;
	assert_true(hand_is_live(plain, "mask"));
	assert_false(hand_is_live(plain, "mas"));
	assert_false(hand_is_live(plain, "maskx"));
	assert_false(hand_is_live(plain, "count"));
	assert_false(hand_is_live(plain, "table"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_variable_that_both_have_is_found),
		cmocka_unit_test(a_name_is_live_as_a_whole_and_where_it_can_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
