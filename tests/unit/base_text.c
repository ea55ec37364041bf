// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "test.h"

static void assert_shown(const char *text, const char *expected)
{
	auto_free char *copy = text_printable(text, false);

	assert_string_equal(copy, expected);
	assert_int_equal(text_is_printable(text, false), !strcmp(text, expected));
}

static void what_steers_a_terminal_is_not_shown(void **state)
{
	(void)state;
	assert_shown("\033]0;title\007", "?]0;title?");
	assert_shown("two\nlines\r\t\177", "two?lines???");
	assert_shown("\302\23331m", "?31m"); /* CSI as one character */
	assert_shown("a\342\200\256b", "a?b"); /* right-to-left override */
}

static void text_in_any_language_is_shown(void **state)
{
	(void)state;
	assert_shown("", "");
	assert_shown("plain ~", "plain ~");
	assert_shown("\303\234ber \345\215\261\351\231\272 \360\237\230\200", "\303\234ber \345\215\261\351\231\272 \360\237\230\200");
}

static void what_is_no_utf8_is_not_shown(void **state)
{
	(void)state;
	assert_shown("\233m", "?m");
	assert_shown("\300\233", "??"); /* overlong */
	assert_shown("\355\240\200", "???"); /* a surrogate */
	assert_shown("cut \342\200", "cut ??");
	assert_shown("\364\220\200\200", "????"); /* above U+10FFFF */
}

static void lines_stay_where_they_are_wanted(void **state)
{
	auto_free char *copy = text_printable("one\n\ttwo\033", true);

	(void)state;
	assert_string_equal(copy, "one\n\ttwo?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_steers_a_terminal_is_not_shown),
		cmocka_unit_test(text_in_any_language_is_shown),
		cmocka_unit_test(what_is_no_utf8_is_not_shown),
		cmocka_unit_test(lines_stay_where_they_are_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
