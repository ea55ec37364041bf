// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "lab/initramfs.h"
#include "test.h"

static int make_folder(void **state)
{
	struct error err;
	char *path;

	if (directory_make_temporary("/tmp", &path, &err) < 0)
		return -1;
	*state = path;
	return 0;
}

static int remove_folder(void **state)
{
	struct error err;
	int result = directory_remove(*state, &err);

	free(*state);
	return result;
}

/* Path of this very program: dynamic, and certainly there. */
static const char *self(void)
{
	static char path[PATH_MAX];

	assert_true(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
	return path;
}

static void a_dynamic_program_needs_the_loader_and_the_c_library(void **state)
{
	auto_text_list struct text_list libraries = { 0 };
	bool loader = false, c_library = false;
	struct error err;

	(void)state;
	assert_ok(program_libraries(self(), &libraries, &err), err);
	for (size_t i = 0; i < libraries.count; i++) {
		assert_true(libraries.items[i][0] == '/');
		assert_true(file_exists(libraries.items[i]));
		loader |= strstr(libraries.items[i], "/ld-linux") != NULL;
		c_library |= strstr(libraries.items[i], "/libc.so") != NULL;
	}
	assert_true(loader);
	assert_true(c_library);
}

static void busybox_is_static_and_needs_nothing(void **state)
{
	auto_text_list struct text_list libraries = { 0 };
	struct error err;

	(void)state;
	assert_ok(program_libraries("/bin/busybox", &libraries, &err), err);
	assert_int_equal(libraries.count, 0);
}

static void a_script_has_no_libraries(void **state)
{
	auto_text_list struct text_list libraries = { 0 };
	auto_free char *script = path_join(*state, "script");
	struct error err;

	assert_ok(file_write_text(script, "#!/bin/sh\n", &err), err);
	assert_ok(program_libraries(script, &libraries, &err), err);
	assert_int_equal(libraries.count, 0);
}

static void list_archive(const char *path, struct process_result *ret_result)
{
	const char *const argv[] = { "cpio", "-it", "--quiet", "-F", path, NULL };
	struct error err;

	assert_ok(process_run_ok(&(struct process_spec){ .argv = argv }, ret_result, &err), err);
}

static void folders_come_before_what_is_in_them(void **state)
{
	auto_initramfs struct initramfs *root = initramfs_new();
	auto_free char *path = path_join(*state, "archive");
	auto_process_result struct process_result result = { 0 };
	struct error err;

	assert_ok(initramfs_add_bytes(root, "/a/b/file", 0644, "x", 1, &err), err);
	assert_ok(initramfs_add_bytes(root, "/a/b/other", 0644, "y", 1, &err), err);
	assert_ok(initramfs_write(root, path, &err), err);
	list_archive(path, &result);
	assert_string_equal(buffer_text(&result.out),
			    "bin\ndev\netc\nproc\nrun\nsys\ntmp\ndev/console\n"
			    "a\na/b\na/b/file\na/b/other\n");
}

static void a_program_brings_its_libraries_along(void **state)
{
	auto_initramfs struct initramfs *root = initramfs_new();
	auto_free char *path = path_join(*state, "archive");
	auto_process_result struct process_result result = { 0 };
	struct error err;

	assert_ok(initramfs_add_program(root, "/bin/self", self(), &err), err);
	assert_ok(initramfs_add_program(root, "/bin/again", self(), &err), err);
	assert_string_not_equal(initramfs_library_path(root), "");
	assert_ok(initramfs_write(root, path, &err), err);
	list_archive(path, &result);
	assert_non_null(strstr(buffer_text(&result.out), "/libc.so"));
	assert_non_null(strstr(buffer_text(&result.out), "bin/self\nbin/again\n"));
}

static void one_path_cannot_be_two_files(void **state)
{
	auto_initramfs struct initramfs *root = initramfs_new();
	struct error err;

	(void)state;
	assert_ok(initramfs_add_bytes(root, "/lab/x", 0644, "1", 1, &err), err);
	assert_ok(initramfs_add_bytes(root, "/lab/x", 0644, "1", 1, &err), err);
	assert_fails(initramfs_add_bytes(root, "/lab/x", 0644, "2", 1, &err), err, ERROR_INVALID,
		     "two different files want to be /lab/x");
	assert_fails(initramfs_add_bytes(root, "lab/y", 0644, "2", 1, &err), err, ERROR_INVALID,
		     "no path of a file");
}

static void a_missing_file_is_named(void **state)
{
	auto_initramfs struct initramfs *root = initramfs_new();
	struct error err;

	(void)state;
	assert_fails(initramfs_add_file(root, "/lab/x", "/nowhere/x", &err), err, ERROR_NOT_FOUND,
		     "/nowhere/x");
	assert_fails(initramfs_add_file(root, "/lab/x", "/proc", &err), err, ERROR_INVALID,
		     "/proc is not a file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dynamic_program_needs_the_loader_and_the_c_library),
		cmocka_unit_test(busybox_is_static_and_needs_nothing),
		cmocka_unit_test(a_script_has_no_libraries),
		cmocka_unit_test(folders_come_before_what_is_in_them),
		cmocka_unit_test(a_program_brings_its_libraries_along),
		cmocka_unit_test(one_path_cannot_be_two_files),
		cmocka_unit_test(a_missing_file_is_named),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
