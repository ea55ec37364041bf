// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "build/conflict.h"
#include "test.h"

#define HEAD "--- a/x.c\n+++ b/x.c\n"
#define TEXT                                                                                  \
	"#include <linux/fs.h>\n\nstatic int first(int a)\n{\n\treturn a;\n}\n\n"            \
	"SYSCALL_DEFINE1(second, int, a)\n{\n\treturn a + 1;\n}\n\nstatic int table[] = {\n"  \
	"\t1,\n};\n"

static char *root;

static int make_tree(void **state)
{
	struct error err;

	(void)state;
	if (directory_make_temporary("/tmp", &root, &err) < 0)
		return -1;

	auto_free char *file = path_join(root, "x.c");

	return file_write_text(file, TEXT, &err);
}

static int remove_tree(void **state)
{
	struct error err;
	int result = directory_remove(root, &err);

	(void)state;
	free(root);
	return result;
}

static int apply(struct edit_list *edits, const char *name, const char *text, struct error *err)
{
	struct edit_options options = { .root = root, .patch = name };
	auto_text_list struct text_list notes = { 0 };
	auto_patch struct patch *patch = NULL;

	if (patch_parse(text, strlen(text), &patch, err) < 0)
		return -1;
	return edit_apply(edits, patch, &options, &notes, err);
}

static void differ(const char *old, const char *new, const char *functions)
{
	auto_buffer struct buffer a = BUFFER_INIT, b = BUFFER_INIT, found = BUFFER_INIT;
	auto_text_list struct text_list list = { 0 };

	buffer_add_text(&a, old);
	buffer_add_text(&b, new);
	conflict_functions(&a, &b, &list);
	for (size_t i = 0; i < list.count; i++)
		buffer_printf(&found, "%s%s", i ? " " : "", list.items[i]);
	assert_string_equal(buffer_text(&found), functions);
}

static void names_the_functions_in_which_texts_differ(void **state)
{
	(void)state;
	differ(TEXT, TEXT, "");
	differ("", "", "");
	differ("int f(int a)\n{\n\treturn a;\n}\n", "int f(int a)\n{\n\treturn a + 2;\n}\n", "f");
	differ("int f(int a)\n{\n\ta++;\n\treturn a;\n}\n", "int f(int a)\n{\n\treturn a;\n}\n",
	       "f");
	differ("int a;\n", "int b;\n", "");
	differ("int f(void)\n{\n}\n", "", "f");
	differ("", "SYSCALL_DEFINE1(umask, int, mask)\n{\n}\nint g(void)\n{\n}\n",
	       "SYSCALL_DEFINE1(umask) g");
	differ("int f(", "int f(int a)\n{\n}\n}}}", "f"); /* what is no C does no harm */
}

static void two_patches_of_one_function_are_a_finding(void **state)
{
	auto_edit_list struct edit_list edits = { 0 };
	auto_finding_list struct finding_list findings = { 0 };
	struct error err;

	(void)state;
	assert_ok(apply(&edits, "one.patch",
			HEAD "@@ -5 +5 @@\n-\treturn a;\n+\treturn a * 2;\n", &err), err);
	assert_ok(apply(&edits, "two.patch",
			HEAD "@@ -5 +5,2 @@\n+\ta++;\n \treturn a * 2;\n@@ -10 +11 @@\n-\treturn a + 1;\n"
			     "+\treturn a + 2;\n", &err), err);
	conflict_find_shared(&edits, &findings);
	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.items[0].rule, RULE_SAME_FUNCTION);
	assert_string_equal(findings.items[0].function, "first");
	assert_string_equal(findings.items[0].detail, "one.patch and two.patch change it");
}

static void patches_of_different_functions_are_none(void **state)
{
	auto_edit_list struct edit_list edits = { 0 };
	auto_finding_list struct finding_list findings = { 0 };
	struct error err;

	(void)state;
	assert_ok(apply(&edits, "one.patch", HEAD "@@ -5 +5 @@\n-\treturn a;\n+\treturn 2;\n", &err),
		  err);
	assert_ok(apply(&edits, "two.patch",
			HEAD "@@ -10 +10 @@\n-\treturn a + 1;\n+\treturn a + 2;\n", &err), err);
	conflict_find_shared(&edits, &findings);
	assert_int_equal(findings.count, 0);
}

static void the_patch_that_stands_in_the_way_is_named(void **state)
{
	auto_edit_list struct edit_list edits = { 0 };
	struct error err;

	(void)state;
	assert_ok(apply(&edits, "other.patch",
			HEAD "@@ -10 +10 @@\n-\treturn a + 1;\n+\treturn a + 2;\n", &err), err);
	assert_ok(apply(&edits, "one.patch", HEAD "@@ -5 +5 @@\n-\treturn a;\n+\treturn 2;\n", &err),
		  err);
	assert_int_equal(apply(&edits, "two.patch",
			       HEAD "@@ -5 +5 @@\n-\treturn a;\n+\treturn 3;\n", &err), -1);
	assert_non_null(strstr(err.msg, "two.patch: x.c: hunk 1"));
	assert_non_null(strstr(err.msg, "without one.patch, which changes the same lines of first"));
	assert_null(strstr(err.msg, "other.patch"));
}

static void a_patch_that_never_fitted_blames_nobody(void **state)
{
	auto_edit_list struct edit_list edits = { 0 };
	struct error err;

	(void)state;
	assert_ok(apply(&edits, "one.patch", HEAD "@@ -5 +5 @@\n-\treturn a;\n+\treturn 2;\n", &err),
		  err);
	assert_int_equal(apply(&edits, "two.patch",
			       HEAD "@@ -5 +5 @@\n-\treturn b;\n+\treturn 3;\n", &err), -1);
	assert_null(strstr(err.msg, "one.patch"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_functions_in_which_texts_differ),
		cmocka_unit_test(two_patches_of_one_function_are_a_finding),
		cmocka_unit_test(patches_of_different_functions_are_none),
		cmocka_unit_test(the_patch_that_stands_in_the_way_is_named),
		cmocka_unit_test(a_patch_that_never_fitted_blames_nobody),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
