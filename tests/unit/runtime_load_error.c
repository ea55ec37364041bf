// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "runtime/load_error.h"
#include "test.h"

/* The lines are those of real kernels (6.1 and 6.12). */
static const struct {
	int number;
	const char *line;
	enum error_code code;
	const char *words;
} cases[] = {
	{ ENOENT, "lp: Unknown symbol no_such_function (err -2)", ERROR_UNSUPPORTED,
	  "symbol that this kernel does not have" },
	{ EINVAL, "lp: disagrees about version of symbol module_layout", ERROR_UNSUPPORTED,
	  "MODVERSIONS" },
	{ ENOEXEC, "lp: version magic '6.1.0 SMP' should be '6.1.0-56 SMP'", ERROR_UNSUPPORTED,
	  "another kernel" },
	{ EKEYREJECTED, "Loading of unsigned module is rejected", ERROR_VERIFY, "signature" },
	{ EBUSY, "livepatch: failed to register ftrace handler for function 'x' (-16)", ERROR_APPLY,
	  "kprobe with a post handler" },
	{ EBUSY, NULL, ERROR_APPLY, "in its way" },
	{ EINVAL,
	  "livepatch: Livepatch patch (lp) is not compatible with the already installed livepatches.",
	  ERROR_APPLY, "not compatible" },
	{ EINVAL, NULL, ERROR_APPLY, "(Invalid argument): its struct klp_patch may be incomplete" },
	{ EINVAL, "livepatch: module zram is not marked as a livepatch module", ERROR_INVALID,
	  "must be THIS_MODULE" },
	{ EPERM, "livepatch: pre-patch callback failed for object 'vmlinux'", ERROR_APPLY,
	  "pre_patch callback turned it down" },
	{ ENODEV, NULL, ERROR_APPLY, "the kernel refused it: No such device" },
	{ EPERM, NULL, ERROR_PERMISSION, "run this as root" },
	{ EEXIST, NULL, ERROR_NOTHING, "loaded already" },
	{ EIO, "lp: something that nobody has seen yet", ERROR_APPLY, "nobody has seen" },
};

static void every_reason_has_its_words_and_its_exit_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		auto_text_list struct text_list lines = { 0 };
		struct error err;

		text_list_add(&lines, "lp: module verification failed: signature and/or required "
				      "key missing - tainting kernel");
		text_list_add(&lines, "lp: tainting kernel with TAINT_LIVEPATCH");
		if (cases[i].line)
			text_list_add(&lines, cases[i].line);
		assert_fails(load_error_text(cases[i].number, "lp", &lines, &err), err,
			     cases[i].code, cases[i].words);
		assert_null(strstr(err.msg, "tainting kernel"));
	}
}

static void a_record_of_the_log_is_taken_apart(void **state)
{
	static const char record[] = "4,1234,5678901,-;livepatch: 'x': patching complete\n SUBSYSTEM=x\n";
	struct kernel_log_line line;

	(void)state;
	assert_true(kernel_log_parse(record, sizeof(record) - 1, &line));
	assert_int_equal(line.level, 4);
	assert_int_equal(line.microseconds, 5678901);
	assert_string_equal(line.text, "livepatch: 'x': patching complete");
	assert_false(kernel_log_parse("4,12", 4, &line));
	assert_false(kernel_log_parse("x,y,z;text", 10, &line));
	assert_false(kernel_log_parse("", 0, &line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_has_its_words_and_its_exit_status),
		cmocka_unit_test(a_record_of_the_log_is_taken_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
