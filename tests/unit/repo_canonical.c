// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/buffer.h"
#include "base/json.h"
#include "repo/canonical.h"
#include "test.h"

static void assert_canonical(const char *text, const char *wanted)
{
	auto_buffer struct buffer canonical = BUFFER_INIT;
	auto_json json_value *value = NULL;
	struct error err;

	assert_ok(json_parse(text, strlen(text), &value, &err), err);
	assert_ok(canonical_write(value, &canonical, &err), err);
	assert_string_equal(buffer_text(&canonical), wanted);
}

static void members_are_sorted_and_white_space_goes(void **state)
{
	(void)state;
	assert_canonical(" { \"b\" : [ 1 , 2 ] ,\n \"a\" : { \"d\" : true , \"c\" : null } } ",
			 "{\"a\":{\"c\":null,\"d\":true},\"b\":[1,2]}");
	assert_canonical("{\"a\":1,\"B\":2,\"\":3,\"aa\":4}", "{\"\":3,\"B\":2,\"a\":1,\"aa\":4}");
	assert_canonical("{}", "{}");
	assert_canonical("[]", "[]");
}

/* By bytes of UTF-8: U+FF5E comes before U+1F600, though its UTF-16 form comes after. */
static void members_are_sorted_by_code_point(void **state)
{
	(void)state;
	assert_canonical("{\"\\ud83d\\ude00\":1,\"\\uff5e\":2,\"z\":3}",
			 "{\"z\":3,\"\uff5e\":2,\"\U0001f600\":1}");
}

static void only_quote_and_backslash_are_escaped(void **state)
{
	(void)state;
	assert_canonical("[\"a\\\"b\\\\c\\n\\t\\u0001\\/\\u00e9\"]",
			 "[\"a\\\"b\\\\c\n\t\001/\u00e9\"]");
}

static void numbers_are_whole(void **state)
{
	auto_buffer struct buffer canonical = BUFFER_INIT;
	struct error err;

	(void)state;
	assert_canonical("[0,-1,9223372036854775807]", "[0,-1,9223372036854775807]");
	for (const char *const *text = (const char *const[]){ "[1.5]", "[1.0]", "[1e3]", NULL };
	     *text; text++) {
		auto_json json_value *value = NULL;

		assert_ok(json_parse(*text, strlen(*text), &value, &err), err);
		assert_fails(canonical_write(value, &canonical, &err), err, ERROR_INVALID,
			     "fraction");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_sorted_and_white_space_goes),
		cmocka_unit_test(members_are_sorted_by_code_point),
		cmocka_unit_test(only_quote_and_backslash_are_escaped),
		cmocka_unit_test(numbers_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
