// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "build/compile.h"
#include "test.h"

static char *folder, *source, *tree;
static struct text_list command;

static void put(const char *root, const char *name, const char *text)
{
	auto_free char *path = path_join(root, name);
	struct error err;

	assert_ok(file_write_text(path, text, &err), err);
}

static int set_up(void **state)
{
	struct error err;

	(void)state;
	if (directory_make_temporary("/tmp", &folder, &err) < 0)
		return -1;
	source = path_join(folder, "source");
	tree = path_join(folder, "tree");
	for (int i = 0; i < 2; i++) {
		const char *root = i ? tree : source;
		auto_free char *include = path_join(root, "include");

		assert_ok(directory_make(include, &err), err);
		put(root, "x.c", "#include <x.h>\nint x(void) { return X; }\n");
		put(root, "bad.c", "int y;\nint z = nonsense;\n");
	}
	put(source, "include/x.h", "#define X 1\n");
	put(tree, "include/x.h", "#define X 2\n");
	text_list_add(&command, "cc");
	text_list_add(&command, "-g");
	text_list_add(&command, "-c");
	text_list_printf(&command, "-I%s/include", source);
	return 0;
}

static int tear_down(void **state)
{
	struct error err;
	int result = directory_remove(folder, &err);

	(void)state;
	text_list_clear(&command);
	free(source);
	free(tree);
	free(folder);
	return result;
}

static void add(struct compile_jobs *jobs, const char *file, bool is_patched, const char *name)
{
	ARRAY_GROW(jobs->items, jobs->capacity, jobs->count + 1);
	jobs->items[jobs->count++] = (struct compile_job){
		.source = xstrdup(file),
		.tree = xstrdup(is_patched ? tree : source),
		.shown_tree = is_patched ? xstrdup(source) : NULL,
		.command = &command,
		.object = xasprintf("%s/%s.o", folder, name),
		.deps = xasprintf("%s/%s.d", folder, name),
	};
}

static bool same(const char *a, const char *b)
{
	auto_free char *first_path = path_join(folder, a), *second_path = path_join(folder, b);
	auto_buffer struct buffer first = BUFFER_INIT, second = BUFFER_INIT;
	struct error err;

	assert_ok(file_read(first_path, 1 << 20, &first, &err), err);
	assert_ok(file_read(second_path, 1 << 20, &second, &err), err);
	return first.size == second.size && !memcmp(first.data, second.data, first.size);
}

static void a_path_into_the_original_tree_is_led_to_the_patched_one(void **state)
{
	auto_compile_jobs struct compile_jobs jobs = { 0 };
	auto_text_list struct text_list files = { 0 };
	auto_free char *deps = path_join(folder, "patched.d");
	struct error err;
	size_t failed;

	(void)state;
	add(&jobs, "x.c", false, "original");
	add(&jobs, "x.c", true, "patched");
	assert_ok(compile_run(&jobs, 2, NULL, &failed, &err), err);
	assert_false(same("original.o", "patched.o"));
	assert_ok(compile_read_deps(deps, &files, &err), err);
	assert_true(text_list_has(&files, "x.c"));
	assert_false(text_list_has(&files, "unit:"));
}

static void the_same_text_in_two_trees_is_the_same_object(void **state)
{
	auto_compile_jobs struct compile_jobs jobs = { 0 };
	struct error err;
	size_t failed;

	(void)state;
	put(tree, "include/x.h", "#define X 1\n");
	add(&jobs, "x.c", false, "one");
	add(&jobs, "x.c", true, "two");
	assert_ok(compile_run(&jobs, 1, NULL, &failed, &err), err);
	assert_true(same("one.o", "two.o"));
}

static void a_failure_is_shown_with_file_and_line(void **state)
{
	auto_compile_jobs struct compile_jobs jobs = { 0 };
	struct error err;
	size_t failed;

	(void)state;
	add(&jobs, "x.c", false, "good");
	add(&jobs, "bad.c", false, "bad");
	assert_fails(compile_run(&jobs, 2, NULL, &failed, &err), err, ERROR_TOOL,
		     "bad.c does not compile: bad.c:2:9: error:");
	assert_int_equal(failed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_into_the_original_tree_is_led_to_the_patched_one),
		cmocka_unit_test(the_same_text_in_two_trees_is_the_same_object),
		cmocka_unit_test(a_failure_is_shown_with_file_and_line),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
