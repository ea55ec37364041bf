// SPDX-License-Identifier: GPL-2.0-or-later
/* Texts as the preprocessor writes them. The question is always about struct t and the root f. */
#include <string.h>

#include "base/memory.h"
#include "build/c_text.h"
#include "build/type_uses.h"
#include "test.h"

#define IN_HEADER "# 1 \"t.h\" 1\n"
#define IN_MAIN "# 9 \"dir/t.c\" 2\n"
#define TYPE "struct t { int a; long b; };\n"

static struct type_uses ask(const char *text)
{
	auto_text_list struct text_list roots = { 0 };
	struct type_uses uses;

	text_list_add(&roots, "f");
	type_uses_find(text, strlen(text), "dir/t.c", "struct t", &roots, &uses);
	return uses;
}

static void expect_open(const char *text)
{
	auto_type_uses struct type_uses uses = ask(text);

	if (!uses.is_open)
		fail_msg("not seen as open: %s", text);
}

static void expect_plain(const char *text, bool is_plain)
{
	auto_type_uses struct type_uses uses = ask(text);

	if (uses.is_open || uses.is_plain != is_plain || uses.reached.count != 1)
		fail_msg("open %d, plain %d, reached %zu: %s", uses.is_open, uses.is_plain,
			 uses.reached.count, text);
}

static void an_object_on_the_stack_is_plain(void **state)
{
	(void)state;
	expect_plain(IN_MAIN TYPE "void f(void) { struct t x; g(&x); }", true);
	expect_plain(IN_MAIN TYPE "void f(void) { int i; const struct t x = { .a = 1 }, y; }", true);
	expect_plain(IN_MAIN TYPE "void f(void) { if (g()) { struct t x[4]; } else { struct t y; } }",
		     true);
	expect_plain(IN_MAIN "void f(void) { struct t { int a; } x = { 0 }; }", true);
	expect_plain(IN_MAIN "struct __attribute__((packed)) t { int a; } __attribute__((aligned(8)));"
		     "void f(void) { struct t x; }", true);
}

static void whatever_may_lead_to_an_object_elsewhere_is_not_plain(void **state)
{
	static const char *const bodies[] = {
		"struct t *x;", "struct t x, *y;", "static struct t x;", "static const struct t x;",
		"extern struct t x;", "g(sizeof(struct t));", "((struct t *)p)->a = 1;",
		"struct other { struct t x; } y;", "static struct other { struct t x; } y;",
		"union { struct t x; long l; } *y;", "struct t g(void);", "struct t (*g)(void);",
		"typedef struct t s;", "__typeof__(struct t) x;", "for (struct t x; ; ) ;",
		"struct __attribute__((packed)) { struct t x; } *y;",
		"static struct other o = { ({ g(sizeof(struct t)); }) };",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		auto_free char *text = xasprintf(IN_MAIN TYPE "void f(void) { %s }", bodies[i]);

		expect_plain(text, false);
	}
	expect_plain(IN_MAIN TYPE "void f(struct t x) { }", false);
	expect_plain(IN_MAIN TYPE "struct t f(void) { }", false);
}

static void a_name_outside_of_functions_leaves_it_open(void **state)
{
	static const char *const texts[] = {
		"struct t x;", "static struct t *x;", "void g(struct t *);", "typedef struct t s;",
		"struct other { struct t x; };", "int x[sizeof(struct t)];",
		"struct t { int a; struct t *next; };", "struct t { int a; } x;",
		"_Static_assert(sizeof(struct t) == 4, \"\");", "struct t *(*g(void))(int) { }",
		"struct t (*ops)(void) = 0;",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		auto_free char *text = xasprintf(IN_MAIN "%s\nvoid f(void) { struct t x; }", texts[i]);

		expect_open(text);
	}
	expect_open(IN_MAIN "void f(void) { struct t x; } void g(void) { {");
	expect_open(IN_MAIN TYPE "void other_name_of_f(void) { struct t x; }");
}

static void declarations_without_an_object_are_no_use(void **state)
{
	auto_type_uses struct type_uses uses =
		ask(IN_MAIN "struct t;\nstruct t { int a; };\nunion t { int b; };\nvoid f(void) { }");

	(void)state;
	assert_false(uses.is_open);
	assert_int_equal(uses.functions.count, 0);
	assert_int_equal(uses.reached.count, 0);
}

static void only_what_a_name_leads_to_is_reached(void **state)
{
	auto_type_uses struct type_uses far =
		ask(IN_MAIN TYPE "static int g(int a) { struct t *x; return h(a); }\n"
		    "void f(void) { unsigned gg; g2(gg); }");
	auto_type_uses struct type_uses near =
		ask(IN_MAIN TYPE "static int g(int a) { struct t *x; return h(a); }\n"
		    "static void between(void) { ops.call = g; }\n"
		    "void f(void) { between(); }");

	(void)state;
	assert_false(far.is_open);
	assert_int_equal(far.functions.count, 1);
	assert_int_equal(far.reached.count, 0);
	assert_int_equal(near.reached.count, 1);
	assert_string_equal(near.reached.items[0], "g");
}

static void a_type_of_a_header_is_not_the_units_own(void **state)
{
	auto_type_uses struct type_uses header =
		ask(IN_HEADER TYPE IN_MAIN "void f(void) { struct t x; }");
	auto_type_uses struct type_uses own = ask(IN_HEADER IN_MAIN TYPE "void f(void) { struct t x; }");

	(void)state;
	assert_false(header.is_own);
	assert_true(own.is_own);
}

static void texts_and_braces_in_literals_are_no_code(void **state)
{
	(void)state;
	expect_plain(IN_MAIN TYPE "void f(void) { struct t x; p(\"} struct t *y; \\\" {\", '{'); }", true);
}

static void a_source_file_is_cut_into_functions(void **state)
{
	static const char source[] = "#define X(a) { \\\n { (\n/* } */ static int\nf(int a)\n{\n"
				     "#ifdef A\n\tg(); // }\n#endif\n}\nEXPORT_SYMBOL(f);\n"
				     "static struct s o = { .f = f };\nvoid h(void) { }\n";
	auto_c_text struct c_text text = { 0 };

	(void)state;
	c_text_parse(source, sizeof(source) - 1, NULL, &text);
	assert_true(text.is_whole);
	assert_int_equal(text.chunk_count, 4);
	assert_ptr_equal(c_text_function(&text, "f", 1), &text.chunks[0]);
	assert_ptr_equal(c_text_function_at(&text, 7), &text.chunks[0]);
	assert_null(c_text_function_at(&text, 11));
	assert_ptr_equal(c_text_function(&text, "h", 1), &text.chunks[3]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_on_the_stack_is_plain),
		cmocka_unit_test(whatever_may_lead_to_an_object_elsewhere_is_not_plain),
		cmocka_unit_test(a_name_outside_of_functions_leaves_it_open),
		cmocka_unit_test(declarations_without_an_object_are_no_use),
		cmocka_unit_test(only_what_a_name_leads_to_is_reached),
		cmocka_unit_test(a_type_of_a_header_is_not_the_units_own),
		cmocka_unit_test(texts_and_braces_in_literals_are_no_code),
		cmocka_unit_test(a_source_file_is_cut_into_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
