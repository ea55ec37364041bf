// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "build/cmd_file.h"
#include "test.h"

static void the_compilers_words_come_out_as_the_shell_would_give_them(void **state)
{
	const char *text =
		"cmd_fs/x.o := gcc-12 -Wp,-MMD,fs/.x.o.d -DA='\"fs/x\"'  -DB=\\\"b\\\" \"-DC=c d\" "
		"-DD='$$(pound)$(pound)' '' -c -o fs/x.o fs/x.c ; ./tools/objtool/objtool fs/x.o\n\n"
		"source_fs/x.o := fs/x.c\n\n"
		"deps_fs/x.o := \\\n    $(wildcard include/config/X) \\\n  include/linux/x.h \\\n"
		"  ./include/y.h \\\n\nfs/x.o: $(deps_fs/x.o)\n";
	auto_cmd_file struct cmd_file file = { 0 };
	struct error err;

	(void)state;
	assert_ok(cmd_file_parse(text, &file, &err), err);
	const char *const wanted[] = { "gcc-12", "-Wp,-MMD,fs/.x.o.d", "-DA=\"fs/x\"", "-DB=\"b\"",
				       "-DC=c d", "-DD=$(pound)#", "", "-c", "-o", "fs/x.o",
				       "fs/x.c" };

	assert_int_equal(file.argv.count, 11);
	for (size_t i = 0; i < 11; i++)
		assert_string_equal(file.argv.items[i], wanted[i]);
	assert_string_equal(file.source, "fs/x.c");
	assert_int_equal(file.deps.count, 2);
	assert_string_equal(file.deps.items[1], "include/y.h");
}

static void the_newer_name_of_the_command_is_read(void **state)
{
	auto_cmd_file struct cmd_file file = { 0 };
	struct error err;

	(void)state;
	assert_ok(cmd_file_parse("savedcmd_fs/x.o := gcc -c\n", &file, &err), err);
	assert_string_equal(file.argv.items[0], "gcc");
}

static void a_command_that_needs_a_shell_is_refused(void **state)
{
	static const char *const commands[] = { "gcc `x`", "gcc $x", "gcc > x", "gcc \"$x\"",
						"gcc 'x", "gcc \"x", "(gcc)", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		auto_text_list struct text_list argv = { 0 };
		struct error err;

		assert_int_equal(shell_split(commands[i], &argv, &err), -1);
		assert_int_equal(err.code, ERROR_INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_compilers_words_come_out_as_the_shell_would_give_them),
		cmocka_unit_test(the_newer_name_of_the_command_is_read),
		cmocka_unit_test(a_command_that_needs_a_shell_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
