// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "proof/succession.h"
#include "test.h"

static void follow(const struct livepatch_state *old, size_t old_count, int replaces,
		   const struct livepatch_state *new, size_t new_count, const char *words)
{
	const struct livepatch before = { .states = (struct livepatch_state *)old,
					  .state_count = old_count };
	const struct livepatch after = { .states = (struct livepatch_state *)new,
					 .state_count = new_count, .replaces = replaces };
	auto_text_list struct text_list failures = { 0 };

	succession_check(&before, &after, &failures);
	assert_int_equal(failures.count, words != NULL);
	if (words)
		assert_non_null(strstr(failures.items[0], words));
}

static void states_are_compared_as_the_kernel_does(void **state)
{
	const struct livepatch_state one = { 1, 1 }, one_later = { 1, 2 }, two = { 2, 1 };
	const struct livepatch_state both[] = { { 2, 1 }, { 1, 1 } };

	(void)state;
	follow(NULL, 0, 1, &one, 1, NULL);
	follow(&one, 1, 1, &one, 1, NULL);
	follow(&one, 1, 1, &one_later, 1, NULL);
	follow(&one, 1, 1, both, 2, NULL);
	follow(&one, 1, 1, &two, 1, "state 1 and does not know it");
	follow(&one, 1, 1, NULL, 0, "state 1 and does not know it");
	follow(&one_later, 1, 1, &one, 1, "version 1, the patch before it has version 2");
	/* One that is stacked leaves the others' states where they are. */
	follow(&one, 1, 0, &two, 1, NULL);
	follow(&one_later, 1, 0, &one, 1, "version 1, the patch before it has version 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_are_compared_as_the_kernel_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
