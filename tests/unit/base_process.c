// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/process.h"
#include "test.h"

static void output_and_status_come_back(void **state)
{
	const char *const argv[] = { "sh", "-c", "echo out; echo err >&2; exit 3", NULL };
	auto_process_result struct process_result result = { 0 };
	struct error err;

	(void)state;
	assert_ok(process_run(&(struct process_spec){ .argv = argv }, &result, &err), err);
	assert_int_equal(result.status, 3);
	assert_string_equal(buffer_text(&result.out), "out\n");
	assert_string_equal(buffer_text(&result.err), "err\n");
}

static void input_larger_than_a_pipe_is_fed(void **state)
{
	const char *const argv[] = { "wc", "-c", NULL };
	static char input[1000000];
	struct process_spec spec = { .argv = argv, .input = input, .input_size = sizeof(input) };
	auto_process_result struct process_result result = { 0 };
	struct error err;

	(void)state;
	assert_ok(process_run(&spec, &result, &err), err);
	assert_string_equal(buffer_text(&result.out), "1000000\n");
}

static void a_program_that_is_not_there_is_named(void **state)
{
	const char *const argv[] = { "no-such-program-here", NULL };
	struct process_result result;
	struct error err;

	(void)state;
	assert_fails(process_run(&(struct process_spec){ .argv = argv }, &result, &err), err,
		     ERROR_TOOL, "cannot run no-such-program-here");
}

static void a_child_that_takes_too_long_is_ended(void **state)
{
	const char *const argv[] = { "sleep", "1000", NULL };
	struct process_spec spec = { .argv = argv, .timeout_seconds = 1 };
	auto_process_result struct process_result result = { 0 };
	struct error err;

	(void)state;
	assert_ok(process_run(&spec, &result, &err), err);
	assert_true(result.timed_out);
}

static void a_time_limit_counts_where_no_pipe_is_open(void **state)
{
	const char *const argv[] = { "sleep", "1000", NULL };
	struct process_spec spec = { .argv = argv, .timeout_seconds = 1, .interactive = true };
	auto_process_result struct process_result result = { 0 };
	struct error err;

	(void)state;
	assert_ok(process_run(&spec, &result, &err), err);
	assert_true(result.timed_out);
}

static void a_failed_tool_is_quoted(void **state)
{
	const char *const argv[] = { "sh", "-c", "echo it broke >&2; exit 1", NULL };
	struct error err;

	(void)state;
	assert_fails(process_run_ok(&(struct process_spec){ .argv = argv }, NULL, &err), err,
		     ERROR_TOOL, "it broke");
}

static void the_environment_is_added_to(void **state)
{
	const char *const argv[] = { "sh", "-c", "echo $HOME:$SUTURE_TEST", NULL };
	const char *const env[] = { "SUTURE_TEST=yes", "HOME=/nowhere", NULL };
	auto_process_result struct process_result result = { 0 };
	struct error err;

	(void)state;
	assert_ok(process_run(&(struct process_spec){ .argv = argv, .env = env }, &result, &err),
		  err);
	assert_string_equal(buffer_text(&result.out), "/nowhere:yes\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_status_come_back),
		cmocka_unit_test(input_larger_than_a_pipe_is_fed),
		cmocka_unit_test(a_program_that_is_not_there_is_named),
		cmocka_unit_test(a_child_that_takes_too_long_is_ended),
		cmocka_unit_test(a_time_limit_counts_where_no_pipe_is_open),
		cmocka_unit_test(a_failed_tool_is_quoted),
		cmocka_unit_test(the_environment_is_added_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
