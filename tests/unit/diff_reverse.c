// SPDX-License-Identifier: GPL-2.0-or-later
/* The pair is types/reverse.c, compiled in two ways. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "diff/reverse.h"
#include "test.h"

static struct changeset *compare_also(const struct text_list *also)
{
	auto_free char *old = xasprintf("%s/reverse-old.o", getenv("TEST_OBJECTS"));
	auto_free char *new = xasprintf("%s/reverse-new.o", getenv("TEST_OBJECTS"));
	struct changeset *changeset;
	struct error err = ERROR_INIT;

	assert_ok(changeset_make_also(old, new, "dir/reverse.c", also, &changeset, &err), err);
	return changeset;
}

static struct changeset *compare(void)
{
	return compare_also(NULL);
}

static struct atom *atom_named(const struct side *side, const char *name)
{
	struct atom *atom = map_find(side->by_name, name);

	assert_non_null(atom);
	return atom;
}

static void both_ways_change_the_same_functions(void **state)
{
	auto_changeset struct changeset *changeset = compare();
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(atom_named(changeset->new, "changed")->state, ATOM_CHANGED);
	assert_int_equal(atom_named(changeset->new, "came")->state, ATOM_NEW);
	assert_int_equal(atom_named(changeset->old, "went")->state, ATOM_NEW);
	assert_ok(changeset_check_reverse(changeset, &err), err);
}

/* As a differ would have it that misses a change, sees one too many, or pairs what is no pair. */
static void a_differ_that_errs_in_one_direction_is_found(void **state)
{
	auto_changeset struct changeset *changeset = compare();
	struct atom *changed = atom_named(changeset->new, "changed");
	struct atom *same = atom_named(changeset->new, "as_it_was");
	struct atom *came = atom_named(changeset->new, "came");
	struct error err = ERROR_INIT;

	(void)state;
	changed->state = ATOM_SAME;
	assert_fails(changeset_check_reverse(changeset, &err), err, ERROR_VERIFY,
		     "'changed -> changed' is so the other way round only");
	changed->state = ATOM_CHANGED;
	same->state = ATOM_CHANGED;
	assert_fails(changeset_check_reverse(changeset, &err), err, ERROR_VERIFY,
		     "'as_it_was -> as_it_was' is not so the other way round");
	same->state = ATOM_SAME;
	came->state = ATOM_SAME;
	assert_fails(changeset_check_reverse(changeset, &err), err, ERROR_VERIFY, "'new came'");
	came->state = ATOM_NEW;
	assert_ok(changeset_check_reverse(changeset, &err), err);
}

/* As where these objects are compiled in another way than the running kernel, in which it differs. */
static void a_function_that_is_alike_is_replaced_where_that_is_wanted(void **state)
{
	auto_text_list struct text_list also = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	text_list_add(&also, "as_it_was");
	text_list_add(&also, "no_such_function");

	auto_changeset struct changeset *without = compare();
	auto_changeset struct changeset *with = compare_also(&also);

	assert_int_equal(atom_named(without->new, "as_it_was")->state, ATOM_SAME);
	assert_false(atom_named(without->new, "as_it_was")->is_carried);
	assert_int_equal(atom_named(with->new, "as_it_was")->state, ATOM_CHANGED);
	assert_true(atom_named(with->new, "as_it_was")->is_carried);
	assert_true(atom_named(with->new, "changed")->is_carried);
	assert_int_equal(with->changed_functions, without->changed_functions + 1);
	assert_int_equal(with->findings.count, without->findings.count);
	assert_ok(changeset_check_reverse(with, &err), err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_change_the_same_functions),
		cmocka_unit_test(a_function_that_is_alike_is_replaced_where_that_is_wanted),
		cmocka_unit_test(a_differ_that_errs_in_one_direction_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
