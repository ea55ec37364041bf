// SPDX-License-Identifier: GPL-2.0-or-later
/* Sources before and after, and the hints that they give. */
#include <string.h>

#include "base/memory.h"
#include "review/hint.h"
#include "test.h"

static struct finding_list hints(const char *old, const char *new)
{
	struct finding_list findings = { 0 };
	struct edit edit = { .path = "dir/a.c", .was_there = true, .is_there = true };
	const struct edit_list edits = { .items = &edit, .count = 1 };

	buffer_add_text(&edit.original, old);
	buffer_add_text(&edit.final, new);
	hints_find(&edits, NULL, 0, &findings);
	buffer_clear(&edit.original);
	buffer_clear(&edit.final);
	return findings;
}

static void expect_one(const char *old, const char *new, enum rule_id rule, const char *function,
		       const char *words)
{
	auto_finding_list struct finding_list found = hints(old, new);

	if (found.count != 1)
		fail_msg("%zu hints for %s: %s", found.count, new,
			 found.count > 1 ? found.items[1].detail : "");
	assert_int_equal(found.items[0].rule, rule);
	assert_int_equal(found.items[0].verdict, RULE_WARN);
	assert_string_equal(found.items[0].file, "dir/a.c");
	assert_string_equal(found.items[0].function, function);
	if (!strstr(found.items[0].detail, words))
		fail_msg("'%s' does not say '%s'", found.items[0].detail, words);
}

static void expect_none(const char *old, const char *new)
{
	auto_finding_list struct finding_list found = hints(old, new);

	if (found.count)
		fail_msg("%s: %s", found.items[0].function, found.items[0].detail);
}

static void a_lock_that_was_not_taken_is_named(void **state)
{
	(void)state;
	expect_one("void f(void) { add(); }",
		   "void f(void) { mutex_lock(&m); add(); mutex_unlock(&m); }", RULE_LOCK_CHANGED, "f",
		   "mutex_lock once more, mutex_unlock once more");
	expect_one("void f(void) { spin_lock(&m); add(); spin_unlock(&m); }", "void f(void) { add(); }",
		   RULE_LOCK_CHANGED, "f", "spin_lock once less");
	expect_none("void f(void) { mutex_lock(&m); add(); }", "void f(void) { mutex_lock(&m); add(2); }");
}

static void references_out_of_balance_are_named(void **state)
{
	(void)state;
	expect_one("void f(void) { add(); }", "void f(void) { kref_get(&x); add(); }",
		   RULE_REFERENCE_CHANGED, "f", "kref_get once more");
	expect_one("void f(void) { put_device(d); }", "void f(void) { }", RULE_REFERENCE_CHANGED, "f",
		   "put_device once less");
	expect_none("void f(void) { add(); }", "void f(void) { dev_get(d); add(); dev_put(d); }");
	expect_none("void f(void) { add(); }", "void f(void) { get_user(x, p); add(); }");
}

static void functions_of_one_name_are_told_apart(void **state)
{
	(void)state;
	expect_none("SYSCALL_DEFINE2(a, int, x) { kref_get(&x); } SYSCALL_DEFINE2(b, int, x) { b(); } "
		    "int f(void) { }",
		    "SYSCALL_DEFINE2(a, int, x) { kref_get(&x); } SYSCALL_DEFINE2(b, int, x) { b(); } "
		    "int f(void) { return 1; }");
	expect_one("SYSCALL_DEFINE2(a, int, x) { kref_get(&x); } SYSCALL_DEFINE2(b, int, x) { b(); }",
		   "SYSCALL_DEFINE2(a, int, x) { kref_get(&x); } "
		   "SYSCALL_DEFINE2(b, int, x) { b(); kref_get(&x); }",
		   RULE_REFERENCE_CHANGED, "SYSCALL_DEFINE2", "kref_get once more");
}

static void a_member_that_only_new_objects_have_is_named(void **state)
{
	(void)state;
	expect_one("void new(struct s *s) { s->a = 1; } int f(struct s *s) { return s->a; }",
		   "void new(struct s *s) { s->a = 1; s->end = 5; } int f(struct s *s) { return s->end == 4 ? 0 : s->a; }",
		   RULE_OLD_OBJECTS, "f", "the member end, which new now sets");
	expect_none("int f(struct s *s) { return s->a; }", "int f(struct s *s) { s->b = 1; return s->b; }");
}

static void a_callback_that_was_another_is_named(void **state)
{
	(void)state;
	expect_one("void f(void) { add(); INIT_WORK(&d->work, run); }",
		   "void f(void) { add(); INIT_WORK(&d->work, NULL); }", RULE_CALLBACK_ARMED, "f",
		   "INIT_WORK gives run no more");
	expect_one("void f(void) { add(); }", "void f(void) { add(); call_rcu(&d->head, release); }",
		   RULE_CALLBACK_ARMED, "f", "call_rcu now gives release");
	expect_none("void f(void) { timer_setup(&t, tick, 0); add(); }",
		    "void f(void) { add(); timer_setup(&t, tick, 0); }");
}

static void the_main_function_of_a_thread_is_named(void **state)
{
	static const char start[] = "void start(void) { kthread_run(loop, NULL, \"loop\"); }";
	auto_free char *old = xasprintf("int loop(void *p) { for (;;) work(1); } %s", start);
	auto_free char *new = xasprintf("int loop(void *p) { for (;;) work(2); } %s", start);

	(void)state;
	expect_one(old, new, RULE_NEVER_SWITCHES, "loop", "start makes a kernel thread of it by kthread_run");
	expect_none(old, old);
}

static void hints_say_that_they_are_hints_and_how_to_sign_them_off(void **state)
{
	static const enum rule_id rules[] = { RULE_LOCK_CHANGED, RULE_REFERENCE_CHANGED,
					      RULE_OLD_OBJECTS, RULE_CALLBACK_ARMED };

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		const struct rule *rule = rule_get(rules[i]);
		auto_free char *option = xasprintf("--sign-off %s:FUNCTION=REASON", rule->slug);

		assert_non_null(strstr(rule->why, "not a proof"));
		assert_non_null(strstr(rule->advice, option));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lock_that_was_not_taken_is_named),
		cmocka_unit_test(references_out_of_balance_are_named),
		cmocka_unit_test(functions_of_one_name_are_told_apart),
		cmocka_unit_test(a_member_that_only_new_objects_have_is_named),
		cmocka_unit_test(a_callback_that_was_another_is_named),
		cmocka_unit_test(the_main_function_of_a_thread_is_named),
		cmocka_unit_test(hints_say_that_they_are_hints_and_how_to_sign_them_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
