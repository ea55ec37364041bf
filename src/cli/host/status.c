// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/show.h"
#include "runtime/measure.h"

static void print_status(const struct status *status)
{
	printf("protection  %s: %s\n", protection_slug(status->protection), status->reason);
	printf("kernel      %s", status->kernel.release ? status->kernel.release : "unknown");
	if (status->kernel.build_id)
		printf(", build-id %s", status->kernel.build_id);
	printf("\ntaint       %s\n", status->taint_text);
	if (status->ftrace_enabled == 0)
		puts("ftrace      off: nothing can be redirected (kernel.ftrace_enabled=0)");
	if (status->tasks_left >= 0)
		printf("transition  %lld task%s left; 'suture blocking' names them\n",
		       (long long)status->tasks_left, status->tasks_left == 1 ? "" : "s");
	for (size_t i = 0; i < status->patches.count; i++) {
		putchar('\n');
		show_livepatch(stdout, &status->patches.items[i]);
	}
}

/* DISTRIBUTION.md's table: the exit status says what a script wants to know. */
static int exit_status(const struct status *status)
{
	switch (status->protection) {
	case PROTECTION_PROBLEM:
		return error_exit_status(ERROR_APPLY);
	case PROTECTION_TRANSITION:
		return error_exit_status(ERROR_TRANSITION);
	case PROTECTION_UNSUPPORTED:
		return error_exit_status(ERROR_UNSUPPORTED);
	default:
		return 0;
	}
}

static int open_and_measure(const struct args *args, struct status *status, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	uint64_t seconds;

	if (args_number(args, "for", 1, 1, 3600, &seconds, err) < 0 ||
	    sysroot_open(args_text(args, "sysroot"), &root, err) < 0)
		return -1;
	if (!args_has(args, "verify") && !args_has(args, "for"))
		seconds = 0;
	if (status_measure(&root, (unsigned)seconds, args->progress, status, err) < 0)
		return -1;
	progress_step(args->progress, 0, 0, "%s", ""); /* wipes the line */
	return 0;
}

int command_status(const struct args *args, struct error *err)
{
	auto_status struct status status = { 0 };

	if (open_and_measure(args, &status, err) < 0)
		return -1;
	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		status_write(&status, value);
		print_json(value);
	} else {
		print_status(&status);
	}
	return exit_status(&status);
}

int command_list(const struct args *args, struct error *err)
{
	auto_status struct status status = { 0 };

	if (open_and_measure(args, &status, err) < 0)
		return -1;
	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		livepatch_list_write(&status.patches, json_set_array(value, "patches"));
		print_json(value);
		return 0;
	}
	for (size_t i = 0; i < status.patches.count; i++) {
		const struct livepatch *patch = &status.patches.items[i];

		printf("%-32s %-10s %zu function%s\n", patch->name,
		       livepatch_state_slug(patch->state), livepatch_function_count(patch),
		       livepatch_function_count(patch) == 1 ? "" : "s");
	}
	return 0;
}
