// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/memory.h"
#include "target/compiler.h"
#include "test.h"

static void assert_programs(const char *text, const char *first, const char *second)
{
	auto_text_list struct text_list programs = { 0 };
	struct error err;

	assert_ok(compiler_programs(text, &programs, &err), err);
	assert_int_equal(programs.count, second ? 2 : 1);
	assert_string_equal(programs.items[0], first);
	if (second)
		assert_string_equal(programs.items[1], second);
}

static void assert_refused(const char *text)
{
	auto_text_list struct text_list programs = { 0 };
	struct error err;

	assert_fails(compiler_programs(text, &programs, &err), err, ERROR_REFUSED, "compiler-mismatch");
	assert_int_equal(programs.count, 0);
}

static void a_gcc_is_called_by_the_first_word_of_its_text(void **state)
{
	(void)state;
	assert_programs("gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0", "gcc-12", NULL);
	assert_programs("x86_64-linux-gnu-gcc-12 (Debian 12.2.0-14) 12.2.0",
			"x86_64-linux-gnu-gcc-12", "gcc-12");
}

static void a_clang_is_called_by_its_version(void **state)
{
	(void)state;
	assert_programs("Debian clang version 14.0.6", "clang-14", "clang");
	assert_programs("clang version 19.1.7 (https://example.org/llvm 1234)", "clang-19", "clang");
	assert_programs("Ubuntu clang version 18.1.3 (1ubuntu1)", "clang-18", "clang");
}

static void what_is_no_compiler_or_no_name_is_refused(void **state)
{
	(void)state;
	assert_refused("tcc version 0.9.27");
	assert_refused("/home/gcc 12");
	assert_refused("gcc;reboot 12");
	assert_refused("-gcc 12");
	assert_refused("");
	assert_refused("clang version ");
	assert_refused("clang version ;reboot.6");
	assert_refused("clang version 1400000000000.0");
}

/* The configuration of a kernel that whatever `program` is here has made. */
static struct config *made_by(const char *text)
{
	auto_free char *line = xasprintf("CONFIG_CC_VERSION_TEXT=\"%s\"\n", text);
	struct config *config;
	struct error err;

	assert_ok(config_parse(line, &config, &err), err);
	return config;
}

static void another_version_than_the_kernels_is_refused(void **state)
{
	auto_config struct config *gcc = made_by("gcc-12 (Debian 12.0.1-1) 12.0.1");
	auto_config struct config *clang = made_by("Debian clang version 14.0.99");
	auto_config struct config *none = made_by("gcc-4711 (Debian 4711) 4711");
	char *program;
	struct error err;

	(void)state;
	assert_fails(compiler_find(gcc, &program, NULL, &err), err, ERROR_REFUSED,
		     "install exactly that version");
	assert_fails(compiler_find(clang, &program, NULL, &err), err, ERROR_REFUSED,
		     "install exactly that version");
	assert_fails(compiler_find(none, &program, NULL, &err), err, ERROR_REFUSED,
		     "apt install gcc-4711");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gcc_is_called_by_the_first_word_of_its_text),
		cmocka_unit_test(a_clang_is_called_by_its_version),
		cmocka_unit_test(what_is_no_compiler_or_no_name_is_refused),
		cmocka_unit_test(another_version_than_the_kernels_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
