// SPDX-License-Identifier: GPL-2.0-or-later
/* Token buckets, with a clock that the test holds; and what the settings' file may say. */
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "server/limiter.h"
#include "server/settings.h"
#include "test.h"

static void a_burst_is_let_through_and_then_the_rate(void **state)
{
	auto_limiter struct limiter *limiter = NULL;
	struct error err;

	(void)state;
	assert_ok(limiter_new(0.5, 3, &limiter, &err), err);
	for (int i = 0; i < 3; i++)
		assert_int_equal(limiter_take(limiter, "a", 1, 100), 0);
	assert_int_equal(limiter_take(limiter, "a", 1, 100), 3);
	assert_int_equal(limiter_take(limiter, "b", 1, 100), 0);
	assert_int_equal(limiter_take(limiter, "a", 1, 102), 0);
	assert_true(limiter_take(limiter, "a", 1, 102) > 0);
	/* However long it was away, no more than a burst. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(limiter_take(limiter, "a", 1, 100000), 0);
	assert_true(limiter_take(limiter, "a", 1, 100000) > 0);
}

static void who_is_told_to_wait_is_told_how_long_and_no_rate_is_no_limit(void **state)
{
	auto_limiter struct limiter *limiter = NULL, *none = NULL;
	struct error err;

	(void)state;
	assert_ok(limiter_new(1, 1, &limiter, &err), err);
	assert_int_equal(limiter_take(limiter, "a", 1, 1), 0);
	for (int i = 0; i < 100; i++) /* asking in vain makes it no longer */
		assert_int_equal(limiter_take(limiter, "a", 1, 1), 2);
	assert_int_equal(limiter_take(limiter, "a", 1, 3), 0);
	assert_ok(limiter_new(0, 0, &none, &err), err);
	for (int i = 0; i < 100; i++)
		assert_int_equal(limiter_take(none, "a", 1, 1), 0);
}

static void a_million_keys_take_no_more_memory_and_forget_the_oldest(void **state)
{
	auto_limiter struct limiter *limiter = NULL;
	struct error err;

	(void)state;
	assert_ok(limiter_new(1, 1, &limiter, &err), err);
	assert_int_equal(limiter_take(limiter, "me", 2, 1), 0);
	for (uint32_t i = 0; i < 1000000; i++)
		limiter_take(limiter, &i, sizeof(i), 1.5);
	assert_int_equal(limiter_take(limiter, "me", 2, 1.6), 0);
}

static void check_file(const char *text, int wanted, const char *words)
{
	auto_settings struct settings settings = { 0 };
	auto_free char *folder = NULL;
	struct error err = ERROR_INIT;

	assert_ok(directory_make_temporary("/tmp", &folder, &err), err);

	auto_free char *path = path_join(folder, "server.conf");

	assert_ok(file_write_text(path, text, &err), err);
	settings_init(&settings);

	int result = settings_read(path, &settings, &err);

	if (result == 0)
		result = settings_check(&settings, &err);
	assert_int_equal(result, wanted);
	if (wanted < 0 && !strstr(err.msg, words))
		fail_msg("'%s' does not say '%s'", err.msg, words);
	assert_ok(directory_remove(folder, &err), err);
}

static void settings_that_make_no_sense_name_their_line(void **state)
{
	(void)state;
	check_file("", 0, NULL);
	check_file("# a\n\n  interval=90\r\nlisten = [::1]:0\n", 0, NULL);
	check_file("\ninterval = soon\n", -1, "server.conf:2: interval takes");
	check_file("interval = 5\n", -1, "from 10 to");
	check_file("intervall = 50\n", -1, "no key 'intervall'");
	check_file("rubbish\n", -1, "key = value");
	check_file("listen = 0.0.0.0:80\n", -1, "in clear");
	check_file("listen = 128.127.0.1:80\n", -1, "in clear");
	check_file("listen = 127.0.0.1.example.org:80\n", -1, "in clear");
	check_file("certificate = a.pem\n", -1, "together");
	check_file("metrics-from = friends\n", -1, "local or any");
	check_file("listen =\n", -1, "must not be empty");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_is_let_through_and_then_the_rate),
		cmocka_unit_test(who_is_told_to_wait_is_told_how_long_and_no_rate_is_no_limit),
		cmocka_unit_test(a_million_keys_take_no_more_memory_and_forget_the_oldest),
		cmocka_unit_test(settings_that_make_no_sense_name_their_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
