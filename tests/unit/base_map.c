// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "test.h"

static void a_key_finds_its_value_and_others_find_none(void **state)
{
	auto_map struct map *map = map_new();
	int one, two;

	(void)state;
	assert_null(map_set(map, "one", &one));
	assert_null(map_set(map, "two", &two));
	assert_ptr_equal(map_find(map, "one"), &one);
	assert_ptr_equal(map_find(map, "two"), &two);
	assert_null(map_find(map, "three"));
	assert_false(map_has(map, ""));
}

static void setting_again_replaces_and_keeps_the_order(void **state)
{
	auto_map struct map *map = map_new();
	int a, b;

	(void)state;
	map_set(map, "x", &a);
	map_set(map, "y", &a);
	assert_ptr_equal(map_set(map, "x", &b), &a);
	assert_int_equal(map_count(map), 2);
	assert_string_equal(map_key(map, 0), "x");
	assert_ptr_equal(map_value(map, 0), &b);
}

static void many_keys_survive_growth(void **state)
{
	auto_map struct map *map = map_new();
	static char values[20000];
	char key[16];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		map_set(map, key, &values[i]);
	}
	for (int i = 0; i < 20000; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		assert_ptr_equal(map_find(map, key), &values[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_finds_its_value_and_others_find_none),
		cmocka_unit_test(setting_again_replaces_and_keeps_the_order),
		cmocka_unit_test(many_keys_survive_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
