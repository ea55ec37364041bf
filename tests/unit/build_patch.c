// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "build/patch.h"
#include "test.h"

#define HEAD "--- a/fs/x.c\n+++ b/fs/x.c\n"

static struct patch *parse(const char *text)
{
	struct patch *patch = NULL;
	struct error err;

	assert_ok(patch_parse(text, strlen(text), &patch, &err), err);
	return patch;
}

static void refuse(const char *text, const char *words)
{
	struct patch *patch = NULL;
	struct error err;

	assert_fails(patch_parse(text, strlen(text), &patch, &err), err, ERROR_INVALID, words);
	assert_null(patch);
}

static void a_git_patch_with_a_letter_around_it_is_read(void **state)
{
	auto_patch struct patch *patch =
		parse("From 1234 Mon Sep 17\nSubject: [PATCH] x\n\n--- \nhello\n---\n fs/x.c | 2 +-\n\n"
		      "diff --git a/fs/x.c b/fs/x.c\nindex 123..456 100644\n" HEAD
		      "@@ -1,3 +1,3 @@ int main\n a\n-b\n+B\n c\n"
		      "diff --git a/fs/y.h b/fs/y.h\nnew file mode 100644\n"
		      "--- /dev/null\n+++ b/fs/y.h\n@@ -0,0 +1 @@\n+new\n-- \n2.39.5\n");

	(void)state;
	assert_int_equal(patch->count, 2);
	assert_string_equal(patch->files[0].path, "fs/x.c");
	assert_int_equal(patch->files[0].hunks[0].count, 4);
	assert_int_equal(patch->files[0].hunks[0].old_start, 1);
	assert_string_equal(patch->files[1].path, "fs/y.h");
	assert_true(patch->files[1].is_new);
}

static void a_plain_patch_with_time_stamps_is_read(void **state)
{
	auto_patch struct patch *patch =
		parse("diff -ru linux.orig/mm/a.c linux/mm/a.c\n"
		      "--- linux.orig/mm/a.c\t2026-01-01 00:00:00 +0000\n"
		      "+++ linux/mm/a.c\t2026-01-02 00:00:00 +0000\n@@ -4 +4 @@\n-x\n+y\n");

	(void)state;
	assert_string_equal(patch->files[0].path, "mm/a.c");
}

static void a_missing_last_newline_is_kept_missing(void **state)
{
	auto_patch struct patch *patch =
		parse(HEAD "@@ -1 +1 @@\n-b\n\\ No newline at end of file\n+B\n"
			   "\\ No newline at end of file\n");
	const struct hunk *hunk = &patch->files[0].hunks[0];

	(void)state;
	assert_int_equal(hunk->lines[0].size, 1);
	assert_int_equal(hunk->lines[1].size, 1);
}

static void carriage_returns_of_a_mailer_are_taken_off(void **state)
{
	auto_patch struct patch *patch = parse("--- a/fs/x.c\r\n+++ b/fs/x.c\r\n"
					       "@@ -1,2 +1,2 @@\r\n a\r\n-b\r\n+B\r\n");
	const struct hunk *hunk = &patch->files[0].hunks[0];

	(void)state;
	assert_string_equal(patch->files[0].path, "fs/x.c");
	assert_int_equal(hunk->lines[2].size, 2);
	assert_memory_equal(hunk->lines[2].text, "B\n", 2);
}

static void a_carriage_return_in_the_text_itself_stays(void **state)
{
	auto_patch struct patch *patch = parse(HEAD "@@ -1 +1 @@\n-b\r\n+B\r\n");

	(void)state;
	assert_int_equal(patch->files[0].hunks[0].lines[0].size, 3);
}

static void quoted_names_are_unquoted(void **state)
{
	auto_patch struct patch *patch =
		parse("--- \"a/fs/\\303\\244 \\\"x\\\".c\"\n+++ \"b/fs/\\303\\244 \\\"x\\\".c\"\n"
		      "@@ -1 +1 @@\n-b\n+B\n");

	(void)state;
	assert_string_equal(patch->files[0].path, "fs/\303\244 \"x\".c");
}

static void renames_copies_deletions_and_modes_are_seen(void **state)
{
	auto_patch struct patch *patch =
		parse("diff --git a/fs/a.c b/fs/b.c\nsimilarity index 100%\nrename from fs/a.c\n"
		      "rename to fs/b.c\n"
		      "diff --git a/fs/c.c b/fs/c.c\ndeleted file mode 100644\n--- a/fs/c.c\n"
		      "+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
		      "diff --git a/fs/d.c b/fs/d.c\nold mode 100644\nnew mode 100755\n");

	(void)state;
	assert_int_equal(patch->count, 3);
	assert_string_equal(patch->files[0].old_path, "fs/a.c");
	assert_string_equal(patch->files[0].path, "fs/b.c");
	assert_true(patch->files[1].is_deleted);
	assert_true(patch->files[2].mode_changed);
}

static void paths_outside_the_tree_are_refused(void **state)
{
	(void)state;
	refuse("--- a/../x.c\n+++ b/../x.c\n@@ -1 +1 @@\n-b\n+B\n", "inside the tree");
	refuse("--- a/fs/../../x\n+++ b/fs/../../x\n@@ -1 +1 @@\n-b\n+B\n", "inside the tree");
	refuse("--- /etc/passwd\n+++ /etc/passwd\n@@ -1 +1 @@\n-b\n+B\n", "absolute");
	refuse("--- a//etc/passwd\n+++ b//etc/passwd\n@@ -1 +1 @@\n-b\n+B\n", "inside the tree");
	refuse("--- \"a/fs/x\\n.c\"\n+++ \"b/fs/x\\n.c\"\n@@ -1 +1 @@\n-b\n+B\n", "control");
	refuse("--- \"a/fs/x\\000.c\"\n+++ \"b/fs/x\\000.c\"\n@@ -1 +1 @@\n-b\n+B\n", "control");
	refuse("diff --git a/fs/x b/fs/x\nrename from ../../x\nrename to fs/x\n", "inside the tree");
	refuse("--- x.c\n+++ x.c\n@@ -1 +1 @@\n-b\n+B\n", "-p1");
}

static void what_is_no_text_patch_is_refused(void **state)
{
	(void)state;
	refuse("", "empty");
	refuse("hello\nworld\n", "no unified diff");
	refuse("diff --git a/x/y.fw b/x/y.fw\nindex 1..2\nGIT binary patch\nliteral 3\nabc\n",
	       "binary");
	refuse("Binary files a/x and b/x differ\n", "binary");
	refuse("diff --git a/x/l b/x/l\nnew file mode 120000\n--- /dev/null\n+++ b/x/l\n"
	       "@@ -0,0 +1 @@\n+/etc\n\\ No newline at end of file\n",
	       "symbolic link");
	refuse("*** a/fs/x.c\t2026\n--- b/fs/x.c\t2026\n***************\n", "context diff");
}

static void broken_hunks_are_refused_with_their_line(void **state)
{
	(void)state;
	refuse("@@ -1 +1 @@\n-b\n+B\n", "line 1: a hunk without");
	refuse(HEAD "@@ -1,x +1 @@\n-b\n+B\n", "line 3: malformed");
	refuse(HEAD "@@ -1,2 +1,2 @@\n-b\n+B\n", "ends in the middle");
	refuse(HEAD "@@ -1,2 +1,2 @@\n-b\nxx\n", "line 5: the hunk ends too early");
	refuse(HEAD "@@ -1,1 +1,2 @@\n-b\n-b\n+B\n+B\n", "more lines");
	refuse(HEAD "@@ -99999999999999999999 +1 @@\n-b\n+B\n", "malformed");
	refuse(HEAD "@@ -5 +5 @@\n-b\n+B\n@@ -5 +5 @@\n-b\n+B\n", "overlap");
	refuse(HEAD "@@ -0 +0 @@\n-b\n+B\n", "line 0");
	refuse("--- a/fs/x.c\n+++ b/fs/y.c\n@@ -1 +1 @@\n-b\n+B\n", "differ");
}

static void a_line_that_no_hunk_counts_is_refused(void **state)
{
	(void)state;
	refuse(HEAD "@@ -1 +1 @@\n-b\n+B\n+C\n", "line 6: a line of a diff outside");
	refuse(HEAD "@@ -1 +1 @@\n-b\n+B\n c\n", "line 6: a line of a diff outside");
	refuse(HEAD "@@ -1 +1 @@\n-b\n+B\n\n\n-c\n", "line 8: a line of a diff outside");
	refuse(HEAD "@@ -1 +1 @@\n-b\n+B\n@@-9 +9 @@\n-c\n+C\n", "line 6: a line of a diff outside");
	refuse(HEAD " @@ -1 +1 @@\n-b\n+B\n", "line 3: a line of a diff outside");
}

static void letters_between_diffs_are_no_lines_of_theirs(void **state)
{
	auto_patch struct patch *patch =
		parse(HEAD "@@ -1 +1 @@\n-b\n+B\n-- \n2.39.2\n\nFrom 1234 Mon\nSubject: more\n\n"
			   " - one thing\n+ another\n---\n fs/y.c | 2 +-\n\n"
			   "--- a/fs/y.c\n+++ b/fs/y.c\n@@ -1 +1 @@\n-b\n+B\n\ncommit 5678\n\n    - text\n");

	(void)state;
	assert_int_equal(patch->count, 2);
}

static void more_than_the_limit_is_refused_before_it_is_read(void **state)
{
	size_t size = PATCH_SIZE_LIMIT + 1;
	auto_free char *noise = xmalloc(size);
	struct patch *patch;
	struct error err;

	(void)state;
	memset(noise, 'x', size);
	assert_fails(patch_parse(noise, size, &patch, &err), err, ERROR_INVALID, "limit");
	assert_fails(patch_parse(noise, size - 1, &patch, &err), err, ERROR_INVALID,
		     "no unified diff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_git_patch_with_a_letter_around_it_is_read),
		cmocka_unit_test(a_plain_patch_with_time_stamps_is_read),
		cmocka_unit_test(a_missing_last_newline_is_kept_missing),
		cmocka_unit_test(carriage_returns_of_a_mailer_are_taken_off),
		cmocka_unit_test(a_carriage_return_in_the_text_itself_stays),
		cmocka_unit_test(quoted_names_are_unquoted),
		cmocka_unit_test(renames_copies_deletions_and_modes_are_seen),
		cmocka_unit_test(paths_outside_the_tree_are_refused),
		cmocka_unit_test(what_is_no_text_patch_is_refused),
		cmocka_unit_test(broken_hunks_are_refused_with_their_line),
		cmocka_unit_test(a_line_that_no_hunk_counts_is_refused),
		cmocka_unit_test(letters_between_diffs_are_no_lines_of_theirs),
		cmocka_unit_test(more_than_the_limit_is_refused_before_it_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
