// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/memory.h"
#include "build/copy_trouble.h"
#include "test.h"

static void says(const char *words, const char *wanted)
{
	auto_free char *got = copy_trouble(words);

	if (strncmp(got, wanted, strlen(wanted)))
		fail_msg("'%s' begins not with '%s'", got, wanted);
}

static void the_name_that_is_missing_is_told(void **state)
{
	(void)state;
	says("a.c:1:2: error: 'stacks' undeclared (first use in this function)", "stacks is not declared");
	says("a.c:1:2: error: \u2018stacks\u2019 undeclared", "stacks is not declared");
	says("a.c:1:2: error: use of undeclared identifier 'stacks'", "stacks is not declared");
	says("a.h:9: error: implicit declaration of function 'flush'", "flush() is not declared for modules");
	says("a.h:9: error: unknown type name 'foo_t'; did you mean 'bar_t'", "the type foo_t is not declared");
	says("error: invalid use of undefined or incomplete type 'struct ewma'", "the type struct ewma is not");
	says("a.c:1:2: error: type defaults to 'int' in declaration of 'DO'", "DO stands where");
}

static void what_is_not_understood_is_repeated_without_its_place(void **state)
{
	(void)state;
	says("/x/a.c:1:2: error: expected ';' before", "in the copy, expected '");
	says("", "in the copy, ");
	says("' undeclared", " is not declared");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_that_is_missing_is_told),
		cmocka_unit_test(what_is_not_understood_is_repeated_without_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
