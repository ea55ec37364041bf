// SPDX-License-Identifier: GPL-2.0-or-later
/* Texts as the preprocessor writes them, and sources before and after. The root is always f. */
#include <string.h>

#include "base/memory.h"
#include "build/named_types.h"
#include "test.h"

/* "struct a b_t": what is found, sorted. */
static void expect_found(const char *source, const char *wanted)
{
	auto_text_list struct text_list roots = { 0 }, found = { 0 };
	auto_buffer struct buffer text = BUFFER_INIT, names = BUFFER_INIT;

	text_list_add(&roots, "f");
	buffer_add_text(&text, source);
	named_types_find(&text, &roots, &found);
	text_list_sort(&found);
	for (size_t i = 0; i < found.count; i++)
		buffer_printf(&names, "%s%s", i ? " " : "", found.items[i]);
	if (strcmp(buffer_text(&names), wanted))
		fail_msg("'%s', not '%s': %s", buffer_text(&names), wanted, source);
}

static void what_patched_code_leads_to_is_found(void **state)
{
	(void)state;
	expect_found("struct s { int a; }; int f(void) { return sizeof(struct s); }", "struct s");
	expect_found("union u { int a; }; int g(void) { return sizeof(union u); }"
		     "int f(void) { return g(); }", "union u");
	expect_found("struct s { int a; }; int g(void) { return sizeof(struct s); }"
		     "int f(void) { return 1; }", "");
	expect_found("int f(void) { return sizeof(struct __attribute__((packed)) s); }", "struct s");
	expect_found("enum e { A }; int f(enum e x) { return x; }", "enum e");
	expect_found("struct s { struct t *t; } x; int f(void) { return 1; }", "");
}

static void what_a_value_names_is_found(void **state)
{
	(void)state;
	expect_found("struct p { int o; }; struct s { int a; };"
		     "static const struct p x = { .o = __builtin_offsetof(struct s, a) };"
		     "int f(void) { return 1; }", "struct s");
	expect_found("enum e { A = 1 }; struct s { enum { B = 2 } b; struct t *t; };"
		     "int f(void) { return 1; }", "");
}

static void typedefs_are_found_by_their_names(void **state)
{
	(void)state;
	expect_found("typedef struct { int a; } s_t; int f(void) { return sizeof(s_t); }", "s_t");
	expect_found("typedef struct c c_t[1]; typedef unsigned long w_t __attribute__((aligned(8)));"
		     "int f(void) { return sizeof(c_t) + sizeof(w_t); }", "c_t w_t");
	/* The last words of these are no names of types. */
	expect_found("typedef const struct c *(*p_t)(int); typedef int (*a_t)[4];"
		     "int f(int c) { return c; }", "");
}

static void where_a_root_is_missing_all_is_found(void **state)
{
	(void)state;
	expect_found("struct s { int a; }; int g(void) { return sizeof(struct t); }",
		     "struct s struct t");
	expect_found("struct s { int a; }; int f(void) { { return 1; }", "struct s");
}

static bool may_change(const char *old, const char *new)
{
	struct edit edit = { .path = "a.c", .was_there = true, .is_there = true };
	const struct edit_list edits = { .items = &edit, .count = 1 };
	bool result;

	buffer_add_text(&edit.original, old);
	buffer_add_text(&edit.final, new);
	result = named_types_may_change(&edits);
	buffer_clear(&edit.original);
	buffer_clear(&edit.final);
	return result;
}

static void what_changes_in_functions_alone_changes_no_type(void **state)
{
	static const char *const harmless[][2] = {
		{ "int f(void) { return 1; }", "int f(void) { struct s x; return 2; }" },
		{ "struct s { int a; };\nint f(void) { }", "struct s { int a; }; /* b */\nint f(int a) { }" },
		{ "int f(void) { }", "static int g(void) { }\nint f(void) { g(); }" },
	};
	static const char *const others[][2] = {
		{ "struct s { int a; };", "struct s { long a; };" },
		{ "#define A 1\nint f(void) { }", "#define A 2\nint f(void) { }" },
		{ "#define A \\\n int a;\nint f(void) { }", "#define A \\\n long a;\nint f(void) { }" },
		{ "#ifdef A\nint f(void) { }\n#endif", "#ifndef A\nint f(void) { }\n#endif" },
		{ "int f(void) { }", "int f(void) { } }" },
		{ "MEMBERS(x, int)\nint a;", "MEMBERS(x, long)\nint a;" },
		{ "", "struct s { int a; };" },
		{ "MEMBERS(x, int)\nint f(void) { }", "MEMBERS(x, long)\nint f(void) { }" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (may_change(harmless[i][0], harmless[i][1]))
			fail_msg("seen as a change of types: %s", harmless[i][1]);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!may_change(others[i][0], others[i][1]))
			fail_msg("not seen: %s", others[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_patched_code_leads_to_is_found),
		cmocka_unit_test(what_a_value_names_is_found),
		cmocka_unit_test(typedefs_are_found_by_their_names),
		cmocka_unit_test(where_a_root_is_missing_all_is_found),
		cmocka_unit_test(what_changes_in_functions_alone_changes_no_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
