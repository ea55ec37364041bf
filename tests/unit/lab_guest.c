// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/memory.h"
#include "base/process.h"
#include "lab/guest.h"
#include "test.h"

static void init_is_a_script_that_the_shell_understands(void **state)
{
	const struct guest_step steps[] = { { .script = "true" }, { .script = "x", .go_on = true } };
	const char *const argv[] = { "/bin/busybox", "sh", "-n", "/dev/stdin", NULL };
	auto_buffer struct buffer init = BUFFER_INIT;
	struct error err;

	(void)state;
	guest_init_write(steps, 2, "@lab-0", "/lib/a:/lib/b", &init);

	const struct process_spec spec = { .argv = argv, .input = init.data,
					   .input_size = init.size };

	assert_ok(process_run_ok(&spec, NULL, &err), err);
	assert_memory_equal(init.data, "#!/bin/busybox sh\n", 18);
	assert_non_null(strstr(buffer_text(&init), "export LD_LIBRARY_PATH=/lib/a:/lib/b\n"));
	assert_non_null(strstr(buffer_text(&init), "\nrun 0 0\nrun 1 1\nfinish\n"));
}

static void every_machine_has_a_mark_of_its_own(void **state)
{
	auto_free char *one = guest_mark_new();
	auto_free char *other = guest_mark_new();

	(void)state;
	assert_string_not_equal(one, other);
	assert_int_equal(strlen(one), strlen("@lab-") + 24);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(init_is_a_script_that_the_shell_understands),
		cmocka_unit_test(every_machine_has_a_mark_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
