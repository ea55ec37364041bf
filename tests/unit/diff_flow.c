// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "diff/flow.h"
#include "test.h"

static struct side *open_side(struct finding_list *findings)
{
	auto_free char *path = xasprintf("%s/flow.o", getenv("TEST_OBJECTS"));
	struct side *side;
	struct error err;

	assert_ok(side_open(path, NULL, findings, &side, &err), err);
	return side;
}

static const struct atom *find(const struct side *side, const char *name)
{
	const struct atom *atom = map_find(side->by_name, name);

	assert_non_null(atom);
	return atom;
}

static void every_function_of_the_object_is_told_by_its_name(void **state)
{
	auto_finding_list struct finding_list findings = { 0 };
	struct side *side = open_side(&findings);
	const struct atom *table = find(side, "table");
	size_t reading = 0, leaking = 0;

	(void)state;
	for (size_t i = 0; i < side->atom_count; i++) {
		const struct atom *atom = side->atoms[i];
		const char *why = NULL;

		/* Those that get the address from others do not name it. */
		if (!atom->is_function || !atom->symbol || atom->parent ||
		    !strcmp(atom->name, "leaks_third") || !strcmp(atom->name, "gives_back") ||
		    !strcmp(atom->name, "goes_on_elsewhere"))
			continue;

		bool wanted = has_prefix(atom->name, "reads_");
		bool got = flow_only_reads(atom, table, &why);

		if (got != wanted)
			fail_msg("%s: %s", atom->name, got ? "only reads" : why);
		assert_true(got == !why);
		reading += got;
		leaking += !got;
	}
	assert_int_equal(reading, 7);
	assert_int_equal(leaking, 30);
	side_free(side);
}

static void the_reason_says_where_it_goes(void **state)
{
	auto_finding_list struct finding_list findings = { 0 };
	struct side *side = open_side(&findings);
	const struct atom *table = find(side, "table");
	const char *why;

	(void)state;
	assert_false(flow_only_reads(find(side, "hands_on"), table, &why));
	assert_string_equal(why, "its address is handed to consume");
	assert_false(flow_only_reads(find(side, "returns"), table, &why));
	assert_string_equal(why, "its address is returned");
	assert_false(flow_only_reads(find(side, "compares"), table, &why));
	assert_string_equal(why, "its address is compared with another");
	assert_false(flow_only_reads(find(side, "stores"), table, &why));
	assert_string_equal(why, "its address is stored");
	side_free(side);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_function_of_the_object_is_told_by_its_name),
		cmocka_unit_test(the_reason_says_where_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
