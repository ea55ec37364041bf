// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "lab/transcript.h"
#include "test.h"

#define MARK "@lab-0"

static void parse(const char *report, const char *console, size_t steps,
		  struct transcript *ret_transcript)
{
	const struct buffer report_bytes = { (uint8_t *)report, strlen(report), 0 };
	const struct buffer console_bytes = { (uint8_t *)console, strlen(console), 0 };

	transcript_parse(&report_bytes, &console_bytes, MARK, steps, ret_transcript);
}

static void steps_end_with_status_time_and_exact_output(void **state)
{
	auto_transcript struct transcript transcript;

	(void)state;
	parse(MARK " boot 1.50\n" MARK " begin 0 1.60\nno newline\n" MARK " end 0 0 1.85\n" MARK
	      " begin 1 1.90\nnewline\n\n" MARK " end 1 3 2.00\n" MARK " done 2.00\n",
	      "", 3, &transcript);
	assert_true(transcript.finished);
	assert_true(transcript.boot_seconds > 1.49 && transcript.boot_seconds < 1.51);
	assert_int_equal(transcript.steps[0].end, STEP_DONE);
	assert_int_equal(transcript.steps[0].status, 0);
	assert_true(transcript.steps[0].seconds > 0.24 && transcript.steps[0].seconds < 0.26);
	assert_string_equal(buffer_text(&transcript.steps[0].output), "no newline");
	assert_int_equal(transcript.steps[1].status, 3);
	assert_string_equal(buffer_text(&transcript.steps[1].output), "newline\n");
	assert_int_equal(transcript.steps[2].end, STEP_NOT_REACHED);
}

static void a_step_that_the_machine_did_not_survive_keeps_its_output(void **state)
{
	auto_transcript struct transcript transcript;

	(void)state;
	parse(MARK " begin 0 1.0\nfirst\nhal", "", 2, &transcript);
	assert_false(transcript.finished);
	assert_int_equal(transcript.steps[0].end, STEP_CUT);
	assert_string_equal(buffer_text(&transcript.steps[0].output), "first\nhal");
	assert_int_equal(transcript.steps[1].end, STEP_NOT_REACHED);
}

static void output_that_looks_like_a_report_is_output(void **state)
{
	auto_transcript struct transcript transcript;

	(void)state;
	parse(MARK " begin 0 1.0\n@lab-1 end 0 0 1.0\n" MARK " end 5 0 1.0\n" MARK " begin 99 1.0\n"
	      MARK " end 0 4 1.0\n",
	      "", 1, &transcript);
	assert_int_equal(transcript.steps[0].status, 4);
	assert_string_equal(buffer_text(&transcript.steps[0].output), "@lab-1 end 0 0 1.0");
}

static void an_end_without_a_beginning_is_ignored(void **state)
{
	auto_transcript struct transcript transcript;

	(void)state;
	parse(MARK " end 18446744073709551615 0 1.0\n" MARK " end 0 0 1.0\n" MARK " end -1 0 1.0\n",
	      "", 1, &transcript);
	assert_int_equal(transcript.steps[0].end, STEP_NOT_REACHED);
}

static void garbage_on_the_port_is_shown_and_harmless(void **state)
{
	static const uint8_t report[] = MARK " begin 0 1.0\na\0b\033c\n" MARK " end 0 0 1.0\n";
	const struct buffer bytes = { (uint8_t *)report, sizeof(report) - 1, 0 };
	const struct buffer nothing = BUFFER_INIT;
	auto_transcript struct transcript transcript;

	(void)state;
	transcript_parse(&bytes, &nothing, MARK, 1, &transcript);
	assert_string_equal(buffer_text(&transcript.steps[0].output), "a?b?c");
	assert_int_equal(transcript.steps[0].end, STEP_DONE);
}

static void kernel_lines_belong_to_the_step_that_ran(void **state)
{
	auto_transcript struct transcript transcript;

	(void)state;
	parse("", "[    0.000000] Linux version\r\n[    1.500000] " MARK " begin 0\r\n"
		  "[    1.600000] livepatch: enabling patch 'x'\r\n[    1.700000] " MARK
		  " end 0\r\n[    1.800000][    T1] between\r\n[    1.900000] " MARK
		  " begin 1\r\n[12345.900000] list_del corruption, next is\r\n",
	      2, &transcript);
	assert_int_equal(transcript.kernel_log.count, 4);
	assert_string_equal(transcript.kernel_log.items[2], "between");
	assert_int_equal(transcript.steps[0].kernel_log.count, 1);
	assert_string_equal(transcript.steps[0].kernel_log.items[0],
			    "livepatch: enabling patch 'x'");
	assert_int_equal(transcript.trouble_count, 1);
	assert_int_equal(transcript.troubles[0].kind, TROUBLE_MEMORY);
	assert_int_equal(transcript.troubles[0].step, 1);
}

static void the_time_of_a_transition_is_read_from_the_log(void **state)
{
	auto_transcript struct transcript transcript;

	(void)state;
	parse("",
	      "[    2.000000] livepatch: enabling patch 'x'\r\n"
	      "[    2.100000] livepatch: 'x': starting patching transition\r\n"
	      "[    4.600000] livepatch: 'x': patching complete\r\n"
	      "[    5.000000] livepatch: 'x': starting unpatching transition\r\n"
	      "[    9.000000] livepatch: 'x': unpatching complete\r\n",
	      0, &transcript);
	assert_true(transcript.transition_seconds > 2.49);
	assert_true(transcript.transition_seconds < 2.51);
}

static void troubles_are_told_from_ordinary_lines(void **state)
{
	static const struct {
		const char *line;
		int kind; /* -1: none */
	} lines[] = {
		{ "WARNING: CPU: 0 PID: 1 at kernel/x.c:12 f+0x1/0x2", TROUBLE_WARNING },
		{ "WARNING: possible circular locking dependency detected", TROUBLE_LOCKING },
		{ "rcu: INFO: rcu_preempt self-detected stall on CPU", TROUBLE_STALL },
		{ "INFO: task sh:12 blocked for more than 120 seconds.", TROUBLE_STALL },
		{ "watchdog: BUG: soft lockup - CPU#0 stuck for 22s!", TROUBLE_STALL },
		{ "BUG: unable to handle page fault for address: 1", TROUBLE_BUG },
		{ "BUG: sleeping function called from invalid context", TROUBLE_BUG },
		{ "BUG: KASAN: use-after-free in f", TROUBLE_MEMORY },
		{ "Oops: 0000 [#1] PREEMPT SMP", TROUBLE_BUG },
		{ "traps: Missing ENDBR: f+0x0/0x10", TROUBLE_BUG },
		{ "refcount_t: underflow; use-after-free.", TROUBLE_MEMORY },
		{ "PCI: Using host bridge windows; report a bug", -1 },
		{ "RAS: Correctable Errors collector initialized.", -1 },
		{ "x: module verification failed: signature missing - tainting kernel", -1 },
		{ "livepatch: enabling patch 'BUG'", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		enum trouble_kind kind;
		int found = is_trouble(lines[i].line, &kind) ? (int)kind : -1;

		if (found != lines[i].kind)
			fail_msg("'%s' is taken for %d", lines[i].line, found);
	}
}

/* Captured from Debian's 6.1.0-56-cloud-amd64: step 1 loads a module that calls
 * capable(99999999). */
static void the_log_of_a_real_crash_is_understood(void **state)
{
	const char *folder = getenv("TEST_DATA");
	auto_free char *report_path = path_join(folder, "lab/capable.report");
	auto_free char *console_path = path_join(folder, "lab/capable.console");
	auto_buffer struct buffer report = BUFFER_INIT;
	auto_buffer struct buffer console = BUFFER_INIT;
	auto_transcript struct transcript transcript;
	struct error err;

	(void)state;
	assert_ok(file_read(report_path, 1 << 20, &report, &err), err);
	assert_ok(file_read(console_path, 1 << 20, &console, &err), err);

	auto_free char *mark = xstrndup((const char *)report.data,
					strcspn((const char *)report.data, " "));

	transcript_parse(&report, &console, mark, 3, &transcript);
	assert_false(transcript.finished);
	assert_int_equal(transcript.steps[0].end, STEP_DONE);
	assert_string_equal(buffer_text(&transcript.steps[0].output), "before\n");
	assert_int_equal(transcript.steps[1].end, STEP_CUT);
	assert_int_equal(transcript.steps[2].end, STEP_NOT_REACHED);
	assert_int_equal(transcript.trouble_count, 3);
	assert_string_equal(transcript.troubles[0].line, "kernel BUG at kernel/capability.c:373!");
	assert_string_equal(transcript.troubles[1].line,
			    "invalid opcode: 0000 [#1] PREEMPT SMP NOPTI");
	assert_string_equal(transcript.troubles[2].line,
			    "Kernel panic - not syncing: Fatal exception");
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(transcript.troubles[i].kind, TROUBLE_BUG);
		assert_int_equal(transcript.troubles[i].step, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_end_with_status_time_and_exact_output),
		cmocka_unit_test(a_step_that_the_machine_did_not_survive_keeps_its_output),
		cmocka_unit_test(output_that_looks_like_a_report_is_output),
		cmocka_unit_test(an_end_without_a_beginning_is_ignored),
		cmocka_unit_test(garbage_on_the_port_is_shown_and_harmless),
		cmocka_unit_test(kernel_lines_belong_to_the_step_that_ran),
		cmocka_unit_test(the_time_of_a_transition_is_read_from_the_log),
		cmocka_unit_test(troubles_are_told_from_ordinary_lines),
		cmocka_unit_test(the_log_of_a_real_crash_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
