// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "build/tree.h"
#include "test.h"

static char *folder, *source, *pool;

static void put(const char *name, const char *text)
{
	auto_free char *path = path_join(source, name);
	auto_free char *parent = xstrdup(path);
	struct error err;

	*strrchr(parent, '/') = 0;
	assert_ok(directory_make(parent, &err), err);
	assert_ok(file_write_text(path, text, &err), err);
}

static void has(const char *root, const char *name, const char *wanted)
{
	auto_free char *path = path_join(root, name);
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error err;

	assert_ok(file_read(path, 4096, &text, &err), err);
	assert_string_equal(buffer_text(&text), wanted);
}

static int set_up(void **state)
{
	struct error err;

	(void)state;
	if (directory_make_temporary("/tmp", &folder, &err) < 0)
		return -1;
	source = path_join(folder, "source");
	pool = path_join(folder, "pool");
	put("fs/x.c", "original\n");
	put("include/x.h", "header\n");
	put("Documentation/x.c", "not needed\n");
	put("fs/x.o", "built\n");
	return 0;
}

static int tear_down(void **state)
{
	struct error err;
	int result = directory_remove(folder, &err);

	(void)state;
	free(source);
	free(pool);
	free(folder);
	return result;
}

static struct tree *take(const char *stamp)
{
	struct tree *tree = NULL;
	struct error err;

	assert_ok(tree_take(pool, source, stamp, NULL, &tree, &err), err);
	return tree;
}

static void change(struct tree *tree)
{
	auto_text_list struct text_list paths = { 0 };
	struct error err;

	text_list_add(&paths, "fs/x.c");
	text_list_add(&paths, "fs/new/y.c");
	assert_ok(tree_begin(tree, &paths, &err), err);
	assert_ok(tree_write(tree, "fs/x.c", "patched\n", 8, &err), err);
	assert_ok(tree_write(tree, "fs/new/y.c", "new\n", 4, &err), err);
}

static void a_change_never_reaches_the_source(void **state)
{
	struct tree *tree = take("1");
	auto_free char *new_file = path_join(tree->path, "fs/new/y.c");
	auto_free char *path = xstrdup(tree->path);

	(void)state;
	assert_true(tree_is_same(tree, "fs/x.c"));
	change(tree);
	has(tree->path, "fs/x.c", "patched\n");
	has(source, "fs/x.c", "original\n");
	assert_false(tree_is_same(tree, "fs/x.c"));
	assert_true(tree_is_same(tree, "include/x.h"));
	tree_free(tree);
	has(path, "fs/x.c", "original\n");
	assert_false(file_exists(new_file));
}

static void a_tree_in_use_is_not_given_to_another(void **state)
{
	struct tree *first = take("1"), *second = take("1");

	(void)state;
	assert_string_not_equal(first->path, second->path);
	change(second);
	has(first->path, "fs/x.c", "original\n");
	tree_free(second);
	tree_free(first);
}

static void a_tree_left_dirty_by_a_killed_process_is_put_right(void **state)
{
	(void)state;
	for (int round = 0; round < 2; round++) {
		pid_t child = fork();

		if (child == 0) {
			change(take("1"));
			_exit(0); /* no destructor runs, as after kill -9 */
		}
		assert_int_equal(waitpid(child, NULL, 0), child);

		struct tree *tree = take("1");
		auto_free char *new_file = path_join(tree->path, "fs/new/y.c");

		has(tree->path, "fs/x.c", "original\n");
		assert_false(file_exists(new_file));
		assert_false(file_exists(tree->journal));
		assert_true(tree_is_same(tree, "fs/x.c"));
		tree_free(tree);
	}
}

static void another_stamp_makes_the_tree_anew(void **state)
{
	struct tree *tree = take("1");
	struct error err;

	(void)state;
	tree_free(tree);
	put("fs/x.c", "newer\n");
	put("fs/z.c", "more\n");
	tree = take("2");
	has(tree->path, "fs/x.c", "newer\n");
	has(tree->path, "fs/z.c", "more\n");
	put("fs/x.c", "newest\n"); /* replaced behind our back */
	assert_false(tree_is_same(tree, "fs/x.c"));
	assert_ok(tree_restore(tree, "fs/x.c", &err), err);
	has(tree->path, "fs/x.c", "newest\n");
	tree_free(tree);
}

static void what_no_unit_reads_is_not_copied(void **state)
{
	struct tree *tree = take("2");
	auto_free char *document = path_join(tree->path, "Documentation");
	auto_free char *object = path_join(tree->path, "fs/x.o");

	(void)state;
	assert_false(file_exists(document));
	assert_false(file_exists(object));
	tree_free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_never_reaches_the_source),
		cmocka_unit_test(a_tree_in_use_is_not_given_to_another),
		cmocka_unit_test(a_tree_left_dirty_by_a_killed_process_is_put_right),
		cmocka_unit_test(another_stamp_makes_the_tree_anew),
		cmocka_unit_test(what_no_unit_reads_is_not_copied),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
