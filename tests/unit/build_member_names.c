// SPDX-License-Identifier: GPL-2.0-or-later
/* Texts as the preprocessor writes them. The member "was" is called "now", and "first" is "second". */
#include <string.h>

#include "base/memory.h"
#include "build/member_names.h"
#include "test.h"

#define IN_HEADER "# 1 \"t.h\" 1\n"
#define IN_MAIN "\n# 9 \"dir/t.c\" 2\n"
#define OLD_TYPE "struct t { long was; int first; int other; };\n"
#define NEW_TYPE "struct t { long now; int second; int other; };\n"
#define OLD_GIVES "void give(struct t *t, long l) { t->was = l; if (l) t->first += 1; }\n"
#define NEW_GIVES "void give(struct t *t, long l) { t->now = l; if (l) t->second += 1; }\n"

static bool ask_text(const char *old_text, const char *new_text)
{
	auto_text_list struct text_list names = { 0 };
	auto_buffer struct buffer old = BUFFER_INIT;
	auto_buffer struct buffer new = BUFFER_INIT;

	text_list_add(&names, "was");
	text_list_add(&names, "now");
	text_list_add(&names, "first");
	text_list_add(&names, "second");
	buffer_printf(&old, "%s", old_text);
	buffer_printf(&new, "%s", new_text);
	return member_names_only(&old, &new, "dir/t.c", &names);
}

/* With the type and a function that gives both members a value, the same before and after. */
static void expect(bool wanted, const char *old_more, const char *new_more)
{
	auto_free char *old = xasprintf(IN_MAIN OLD_TYPE OLD_GIVES "%s", old_more);
	auto_free char *new = xasprintf(IN_MAIN NEW_TYPE NEW_GIVES "%s", new_more);

	if (ask_text(old, new) != wanted)
		fail_msg("%s: '%s' and '%s'", wanted ? "not understood" : "accepted", old_more,
			 new_more);
}

static void expect_body(bool wanted, const char *body)
{
	auto_free char *more = xasprintf("long f(struct t *t, long a) { %s }", body);

	expect(wanted, "", more);
}

static void a_member_that_only_has_another_name_is_known(void **state)
{
	(void)state;
	expect(true, "", "");
	expect(true, "int f(struct t *t) { return g(&t->was, t->first); }",
	       "int f(struct t *t) { return g(&t->now, t->second); }");
	expect(true, "struct t x = { .was = 1, .first = 2 };", "struct t x = { .now = 1, .second = 2 };");
	/* A variable of the name may come, go and be renamed along. */
	expect(true, "long f(struct t *t) { long was = t->was; return was; }",
	       "long f(struct t *t) { long now = t->now; return h(now); }");
}

static void code_that_only_reads_may_differ(void **state)
{
	static const char *const bodies[] = {
		"return t->now;", "g(t->now);", "g(a, t->now, 1);", "if (t->now) g();",
		"if (a == t->now && t->second) g();", "while (t->now < a) a++;", "a = t->now;",
		"a += -t->now;", "return a ? t->now : t->second;", "a = (long)t->now >> 2;",
		"return ((struct t *)a)->now;", "g((t->now));", "a = h(t)->now - t[1].second;",
		"if (a && t->now) g();", "return t->now == a || !t->second;", "a = x[t->now];",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
		expect_body(true, bodies[i]);
}

static void another_way_to_a_value_is_found(void **state)
{
	static const char *const bodies[] = {
		"t->now = a;", "t->now++;", "--t->now;", "t->second |= 1;", "t->now <<= 1;",
		"t->second >>= 1;", "g(&t->now);", "*(volatile long *)&(t->now) = a;", "(t->now) = a;",
		"if (a) ; else (t->now) = a;", "((t->now)) = a;", "g(&((struct t *)a)->now);",
		"g(&(*(struct t **)a)->now);", "g(a, &t[3].now);", "asm(\"\" : \"=m\" (t->now));",
		"asm volatile(\"\" :: \"r\" (a), \"m\" (t->now));", "g(__builtin_offsetof(struct t, now));",
		"struct t x = { .now = a };", "struct t x = { .other = 1, .now = a };",
		"struct t x = { now: a };", "g((struct t){ .second = 1 });", "a & t->now;",
		"((struct t *)a)->now = 1;", "h(t)->now = a;", "t[a].second -= a;", "g(-- t->now);",
		"x[0](t)->now = a;",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
		expect_body(false, bodies[i]);
	expect(true, "void f(struct t *t) { t->was = ({ int x = 1; x; }); }",
	       "void f(struct t *t) { t->now = ({ int x = 1; x; }); }");
	expect(false, "void f(struct t *t) { t->was = ({ int x = 1; x; }); }",
	       "void f(struct t *t) { t->now = ({ int x = 2; x; }); }");
	expect(false, "void f(struct t *t) { t->was = 0; }", ""); /* and one that is gone */
	expect(false, "void f(struct t *t) { t->was = 0; }", "void f(struct t *t) { t->now = 1; }");
	expect(false, "void f(struct t *t) { t->was = 0; }", "void f(struct t *t) { t->second = 0; }");
}

static void what_cannot_be_told_is_no(void **state)
{
	(void)state;
	/* Another thing that has one of the names, before or after. */
	expect(false, "struct u { int now; };", "struct u { int now; };");
	expect(false, "struct u { int was; };", "struct u { int was; };");
	/* Nobody gives one of the members a value here: then nobody knows what is in there. */
	assert_false(ask_text(IN_MAIN OLD_TYPE "void g(struct t *t) { t->was = 1; }",
			      IN_MAIN NEW_TYPE "void g(struct t *t) { t->now = 1; }"));
	/* A header's type. */
	assert_false(ask_text(IN_HEADER OLD_TYPE IN_MAIN OLD_GIVES, IN_HEADER NEW_TYPE IN_MAIN NEW_GIVES));
	/* A header's own variable of the new name is no member; but it must be as it was. */
	assert_true(ask_text(IN_HEADER "int now;" IN_MAIN OLD_TYPE OLD_GIVES,
			     IN_HEADER "int now;" IN_MAIN NEW_TYPE NEW_GIVES));
	assert_false(ask_text(IN_MAIN OLD_TYPE OLD_GIVES IN_HEADER "int f(void) { return 1; }",
			      IN_MAIN NEW_TYPE NEW_GIVES IN_HEADER "int f(void) { return x->now; }"));
	/* Braces that do not close. */
	expect(false, "{", "{");
}

static void a_name_stands_for_one_member(void **state)
{
	auto_text_list struct text_list names = { 0 };
	auto_buffer struct buffer text = BUFFER_INIT;

	(void)state;
	buffer_printf(&text, IN_MAIN "int a;");
	assert_false(member_names_only(&text, &text, "dir/t.c", &names));
	text_list_add(&names, "was");
	text_list_add(&names, "now");
	text_list_add(&names, "other");
	assert_false(member_names_only(&text, &text, "dir/t.c", &names));
	text_list_add(&names, "now");
	assert_false(member_names_only(&text, &text, "dir/t.c", &names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_that_only_has_another_name_is_known),
		cmocka_unit_test(code_that_only_reads_may_differ),
		cmocka_unit_test(another_way_to_a_value_is_found),
		cmocka_unit_test(what_cannot_be_told_is_no),
		cmocka_unit_test(a_name_stands_for_one_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
