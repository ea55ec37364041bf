// SPDX-License-Identifier: GPL-2.0-or-later
/* The pairs are types/unseen.c, compiled in four ways. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "diff/changeset.h"
#include "test.h"

static struct changeset *compare(const char *unit)
{
	auto_free char *old = xasprintf("%s/unseen-%s-old.o", getenv("TEST_OBJECTS"), unit);
	auto_free char *new = xasprintf("%s/unseen-%s-new.o", getenv("TEST_OBJECTS"), unit);
	struct changeset *changeset;
	struct error err = ERROR_INIT;

	assert_ok(changeset_make(old, new, unit, &changeset, &err), err);
	return changeset;
}

static const struct finding *find(const struct finding_list *findings, const char *function)
{
	for (size_t i = 0; i < findings->count; i++)
		if (!strcmp(findings->items[i].function, function))
			return &findings->items[i];
	return NULL;
}

static void what_changed_in_another_unit_is_called_by_unseen_tasks(void **state)
{
	auto_changeset struct changeset *calling = compare("calling");
	auto_changeset struct changeset *called = compare("called");
	struct changeset *const both[] = { calling, called };
	auto_finding_list struct finding_list findings = { 0 };
	const struct finding *refused, *warned;

	(void)state;
	changesets_judge_unseen(both, 2, &findings);
	/* run_through() has no cold part, and run_or_leave() calls nothing new behind its own. */
	assert_int_equal(findings.count, 3);
	refused = find(&findings, "run");
	warned = find(&findings, "run_to_end");
	assert_non_null(refused);
	assert_non_null(warned);
	assert_int_equal(refused->rule, RULE_UNSEEN_TASK);
	assert_int_equal(refused->verdict, RULE_REFUSE);
	assert_non_null(strstr(refused->detail, "the new finish "));
	assert_non_null(find(&findings, "run_anywhere")); /* nobody knows where it jumps to */
	assert_int_equal(warned->rule, RULE_UNSEEN_TASK);
	assert_int_equal(warned->verdict, RULE_WARN);
	assert_non_null(strstr(warned->detail, "the new end"));
}

static void a_unit_alone_calls_what_is_as_it_was(void **state)
{
	auto_changeset struct changeset *calling = compare("calling");
	auto_finding_list struct finding_list findings = { 0 };

	(void)state;
	changesets_judge_unseen(&calling, 1, &findings);
	assert_int_equal(findings.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_changed_in_another_unit_is_called_by_unseen_tasks),
		cmocka_unit_test(a_unit_alone_calls_what_is_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
