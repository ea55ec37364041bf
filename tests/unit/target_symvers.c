// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "target/symvers.h"
#include "test.h"

static int read_text(const char *text, struct symvers **ret_symvers, struct error *err)
{
	char path[] = "/tmp/test-symvers-XXXXXX";
	auto_close int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));

	int result = symvers_read(path, ret_symvers, err);

	unlink(path);
	return result;
}

static void every_field_of_a_line_is_read(void **state)
{
	auto_symvers struct symvers *symvers = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	assert_ok(read_text("0x0a1b2c3d\tcapable\tvmlinux\tEXPORT_SYMBOL\t\n"
			    "0xffffffff\tdm_get\tdrivers/md/dm-mod\tEXPORT_SYMBOL_GPL\tDM-NS\n",
			    &symvers, &err), err);

	const struct export *capable = symvers_find(symvers, "capable");
	const struct export *dm = symvers_find(symvers, "dm_get");

	assert_non_null(capable);
	assert_int_equal(capable->crc, 0x0a1b2c3d);
	assert_string_equal(capable->owner, "vmlinux");
	assert_string_equal(capable->namespace, "");
	assert_false(capable->gpl_only);
	assert_non_null(dm);
	assert_int_equal(dm->crc, 0xffffffff);
	assert_string_equal(dm->owner, "dm_mod");
	assert_string_equal(dm->namespace, "DM-NS");
	assert_true(dm->gpl_only);
	assert_null(symvers_find(symvers, "dm"));
}

static void a_line_that_is_not_understood_is_refused_with_its_number(void **state)
{
	static const char good[] = "0x1\tx\tvmlinux\tEXPORT_SYMBOL\t\n";
	static const struct {
		const char *line, *words;
	} cases[] = {
		{ "0x1\ta\tvmlinux\tEXPORT_SYMBOL\n", "fields" },
		{ "0x1\ta\tvmlinux\tEXPORT_SYMBOL\t\t\n", "fields" },
		{ "0x100000000\ta\tvmlinux\tEXPORT_SYMBOL\t\n", "too large" },
		{ "zebra\ta\tvmlinux\tEXPORT_SYMBOL\t\n", "zebra" },
		{ "0x1\t\tvmlinux\tEXPORT_SYMBOL\t\n", "missing" },
		{ "0x1\ta\tvmlinux\tIMPORT\t\n", "IMPORT" },
		{ "0x1\tx\tvmlinux\tEXPORT_SYMBOL\t\n", "twice" },
		{ "0x1\ta\tvmlinux\tEXPORT_SYMBOL\t", "cut off" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_symvers struct symvers *symvers = NULL;
		auto_free char *text = xasprintf("%s%s", good, cases[i].line);
		struct error err = ERROR_INIT;

		assert_fails(read_text(text, &symvers, &err), err, ERROR_INVALID, cases[i].words);
		assert_non_null(strstr(err.msg, "line 2"));
	}
}

static void an_empty_or_missing_file_is_an_error(void **state)
{
	auto_symvers struct symvers *symvers = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	assert_fails(read_text("", &symvers, &err), err, ERROR_INVALID, "empty");
	assert_fails(symvers_read("/nonexistent/Module.symvers", &symvers, &err), err,
		     ERROR_NOT_FOUND, "/nonexistent/Module.symvers");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_a_line_is_read),
		cmocka_unit_test(a_line_that_is_not_understood_is_refused_with_its_number),
		cmocka_unit_test(an_empty_or_missing_file_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
