// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "runtime/capture.h"
#include "runtime/sysroot.h"
#include "test.h"

static char *folder;

static int make_folder(void **state)
{
	struct error err;

	(void)state;
	return directory_make_temporary("/tmp", &folder, &err);
}

static int remove_folder(void **state)
{
	struct error err;
	int result = directory_remove(folder, &err);

	(void)state;
	free(folder);
	return result;
}

static void link_to(const char *target, const char *name)
{
	auto_free char *path = path_join(folder, name);

	assert_int_equal(symlink(target, path), 0);
}

static void links_of_a_captured_tree_stay_inside_it(void **state)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_free char *inside = path_join(folder, "inside");
	struct error err;

	(void)state;
	assert_ok(file_write_text(inside, "in the tree\n", &err), err);
	link_to("/etc/passwd", "outside");
	link_to("../../../../../../etc/passwd", "above");
	link_to("/inside", "absolute");
	assert_ok(sysroot_open(folder, &root, &err), err);
	assert_null(sysroot_text(&root, "/outside"));
	assert_null(sysroot_text(&root, "/above"));

	auto_free char *text = sysroot_text(&root, "/absolute");

	assert_string_equal(text, "in the tree");
	assert_false(sysroot_exists(&root, "/outside"));
	assert_true(sysroot_exists(&root, "/inside"));
}

static void a_fifo_in_a_captured_tree_does_not_hang(void **state)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_free char *fifo = path_join(folder, "fifo");
	struct error err;

	(void)state;
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_ok(sysroot_open(folder, &root, &err), err);
	assert_null(sysroot_text(&root, "/fifo"));
}

static void a_captured_tree_is_never_written_to(void **state)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	struct error err;

	(void)state;
	assert_ok(sysroot_open(folder, &root, &err), err);
	assert_fails(sysroot_write(&root, "0", &err, "/proc/sys/kernel/tainted"), err, ERROR_USAGE,
		     "only for reading");
}

static void a_number_is_a_whole_number_or_the_default(void **state)
{
	static const struct {
		const char *text;
		long long number;
	} cases[] = { { "1\n", 1 }, { "-1", -1 }, { "12x", 7 }, { "", 7 }, { "\n", 7 },
		      { "99999999999999999999", 7 } };
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_free char *path = path_join(folder, "number");
	struct error err;

	(void)state;
	assert_ok(sysroot_open(folder, &root, &err), err);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_ok(file_write_text(path, cases[i].text, &err), err);
		assert_int_equal(sysroot_number(&root, 7, "/number"), cases[i].number);
	}
}

static void addresses_become_zeros_and_names_stay(void **state)
{
	char text[] = "do_sys_open+0x1f/0x2a0 tramp: 0xffffffffc03ce000 cafe deadbeef";

	(void)state;
	redact_addresses(text);
	assert_string_equal(text, "do_sys_open+0x1f/0x2a0 tramp: 0x0000000000000000 cafe 00000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_of_a_captured_tree_stay_inside_it),
		cmocka_unit_test(a_fifo_in_a_captured_tree_does_not_hang),
		cmocka_unit_test(a_captured_tree_is_never_written_to),
		cmocka_unit_test(a_number_is_a_whole_number_or_the_default),
		cmocka_unit_test(addresses_become_zeros_and_names_stay),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
