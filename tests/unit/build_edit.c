// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "build/edit.h"
#include "test.h"

static char *root;

#define HEAD "--- a/fs/x.c\n+++ b/fs/x.c\n"
#define TEN "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"

static int make_tree(void **state)
{
	struct error err;

	(void)state;
	if (directory_make_temporary("/tmp", &root, &err) < 0)
		return -1;

	auto_free char *folder = path_join(root, "fs");
	auto_free char *file = path_join(root, "fs/x.c");
	auto_free char *link_to = path_join(root, "link");

	return directory_make(folder, &err) < 0 || file_write_text(file, TEN, &err) < 0 ||
	       symlink("/etc", link_to) < 0;
}

static int remove_tree(void **state)
{
	struct error err;
	int result = directory_remove(root, &err);

	(void)state;
	free(root);
	return result;
}

static int apply(struct edit_list *edits, const char *text, unsigned fuzz,
		 struct text_list *notes, struct error *err)
{
	struct edit_options options = { .root = root, .patch = "fix.patch", .fuzz = fuzz };
	auto_patch struct patch *patch = NULL;

	if (patch_parse(text, strlen(text), &patch, err) < 0)
		return -1;
	return edit_apply(edits, patch, &options, notes, err);
}

static void check(const char *patch, unsigned fuzz, const char *wanted, const char *note)
{
	auto_edit_list struct edit_list edits = { 0 };
	auto_text_list struct text_list notes = { 0 };
	struct error err;

	assert_ok(apply(&edits, patch, fuzz, &notes, &err), err);
	assert_string_equal(buffer_text(&edits.items[0].final), wanted);
	assert_string_equal(buffer_text(&edits.items[0].original), TEN);
	assert_int_equal(notes.count, note != NULL);
	if (note)
		assert_non_null(strstr(notes.items[0], note));
}

static void refuse(const char *patch, unsigned fuzz, const char *words)
{
	auto_edit_list struct edit_list edits = { 0 };
	auto_text_list struct text_list notes = { 0 };
	struct error err;

	assert_fails(apply(&edits, patch, fuzz, &notes, &err), err, ERROR_INVALID, words);
}

static void hunks_apply_where_they_say(void **state)
{
	(void)state;
	check(HEAD "@@ -2,3 +2,3 @@\n 2\n-3\n+three\n 4\n@@ -9,2 +9,3 @@\n 9\n 10\n+11\n", 0,
	      "1\n2\nthree\n4\n5\n6\n7\n8\n9\n10\n11\n", NULL);
	check(HEAD "@@ -0,0 +1 @@\n+0\n", 0, "0\n" TEN, NULL);
	check(HEAD "@@ -1 +0,0 @@\n-1\n", 0, "2\n3\n4\n5\n6\n7\n8\n9\n10\n", NULL);
}

static void a_hunk_that_moved_is_found_and_noted(void **state)
{
	(void)state;
	check(HEAD "@@ -6,3 +6,3 @@\n 2\n-3\n+three\n 4\n", 0,
	      "1\n2\nthree\n4\n5\n6\n7\n8\n9\n10\n", "at line 2");
	check(HEAD "@@ -900,3 +900,3 @@\n 2\n-3\n+three\n 4\n", 0,
	      "1\n2\nthree\n4\n5\n6\n7\n8\n9\n10\n", "at line 2");
}

static void fuzz_is_refused_unless_it_is_asked_for(void **state)
{
	const char *patch = HEAD "@@ -2,3 +2,3 @@\n two\n-3\n+three\n 4\n";

	(void)state;
	refuse(patch, 0, "hunk 1 (line 3 of the patch) does not apply: expected 'two' at line 2, found '2'");
	check(patch, 1, "1\n2\nthree\n4\n5\n6\n7\n8\n9\n10\n", "fuzz 1");
	refuse(HEAD "@@ -3,0 +4 @@\n+3.5\n", 0, "has no line around them");
	refuse(HEAD "@@ -3,2 +3,3 @@\n three\n+3.5\n four\n", 9, "expected 'three' at line 3");
	refuse(HEAD "@@ -2,3 +2,3 @@\n 2\n-drei\n+three\n 4\n", 9, "expected 'drei' at line 3");
}

static void a_mismatch_names_file_hunk_and_line(void **state)
{
	(void)state;
	refuse(HEAD "@@ -2 +2 @@\n-2\n+two\n@@ -5,2 +5,2 @@\n 5\n-VI\n+six\n", 0,
	       "fix.patch: fs/x.c: hunk 2 (line 6 of the patch) does not apply: expected 'VI' at line 6, found '6'");
	refuse(HEAD "@@ -10,2 +10,2 @@\n 10\n-11\n+12\n", 0, "the file ends there");
	refuse("--- a/fs/nothing.c\n+++ b/fs/nothing.c\n@@ -1 +1 @@\n-a\n+b\n", 0, "no such file");
	refuse("--- /dev/null\n+++ b/fs/x.c\n@@ -0,0 +1 @@\n+b\n", 0, "there already");
	refuse("--- a/fs/x.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n", 0, "more is in it");
}

static void a_line_without_its_newline_is_another_line(void **state)
{
	(void)state;
	refuse(HEAD "@@ -10 +10 @@\n-10\n\\ No newline at end of file\n+ten\n", 0, "does not apply");
	check(HEAD "@@ -10 +10 @@\n-10\n+ten\n\\ No newline at end of file\n", 0,
	      "1\n2\n3\n4\n5\n6\n7\n8\n9\nten", NULL);
}

static void several_patches_make_one_change(void **state)
{
	auto_edit_list struct edit_list edits = { 0 };
	auto_text_list struct text_list notes = { 0 };
	struct error err;

	(void)state;
	assert_ok(apply(&edits, HEAD "@@ -1 +1,2 @@\n-1\n+one\n+more\n", 0, &notes, &err), err);
	assert_ok(apply(&edits, HEAD "@@ -1,3 +1,3 @@\n one\n-more\n+less\n 2\n", 0, &notes, &err),
		  err);
	assert_int_equal(edits.count, 1);
	assert_string_equal(buffer_text(&edits.items[0].original), TEN);
	assert_string_equal(buffer_text(&edits.items[0].final),
			    "one\nless\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
	assert_ok(apply(&edits, HEAD "@@ -1,3 +1,2 @@\n-one\n-less\n+1\n 2\n", 0, &notes, &err),
		  err);
	assert_false(edit_is_change(&edits.items[0]));
}

static void a_rename_leaves_one_file_and_makes_another(void **state)
{
	auto_edit_list struct edit_list edits = { 0 };
	auto_text_list struct text_list notes = { 0 };
	struct error err;

	(void)state;
	assert_ok(apply(&edits,
			"diff --git a/fs/x.c b/fs/y.c\nrename from fs/x.c\nrename to fs/y.c\n"
			"--- a/fs/x.c\n+++ b/fs/y.c\n@@ -1 +1 @@\n-1\n+one\n",
			0, &notes, &err),
		  err);
	assert_false(edit_find(&edits, "fs/x.c")->is_there);
	assert_true(edit_find(&edits, "fs/x.c")->was_there);
	assert_memory_equal(buffer_text(&edit_find(&edits, "fs/y.c")->final), "one\n2\n", 6);
}

static void a_path_through_a_link_is_refused(void **state)
{
	(void)state;
	refuse("--- a/link/passwd\n+++ b/link/passwd\n@@ -1 +1 @@\n-a\n+b\n", 0, "through a link");
	refuse("--- /dev/null\n+++ b/link/new\n@@ -0,0 +1 @@\n+b\n", 0, "through a link");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hunks_apply_where_they_say),
		cmocka_unit_test(a_hunk_that_moved_is_found_and_noted),
		cmocka_unit_test(fuzz_is_refused_unless_it_is_asked_for),
		cmocka_unit_test(a_mismatch_names_file_hunk_and_line),
		cmocka_unit_test(a_line_without_its_newline_is_another_line),
		cmocka_unit_test(several_patches_make_one_change),
		cmocka_unit_test(a_rename_leaves_one_file_and_makes_another),
		cmocka_unit_test(a_path_through_a_link_is_refused),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
