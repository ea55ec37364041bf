// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "base/json.h"
#include "cli/host/commands.h"
#include "runtime/capture.h"
#include "runtime/check.h"

static void print_list(const struct check_list *list)
{
	enum error_code conclusion = check_conclusion(list);

	for (size_t i = 0; i < list->count; i++) {
		const struct check_item *item = &list->items[i];

		printf("%-8s %-30s %s\n", check_verdict_slug(item->verdict), item->title,
		       item->evidence);
		if (item->remedy)
			printf("%-8s -> %s\n", "", item->remedy);
	}
	if (conclusion == ERROR_NONE) {
		puts("\nThis kernel can be live-patched.");
		return;
	}
	puts(conclusion == ERROR_UNSUPPORTED ? "\nThis kernel cannot be live-patched. In the way:" :
					       "\nNo livepatch can be loaded now. In the way:");
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].consequence != ERROR_NONE)
			printf("  %s\n", list->items[i].evidence);
}

int command_check(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_check_list struct check_list list = { 0 };

	if (sysroot_open(args_text(args, "sysroot"), &root, err) < 0)
		return -1;
	check_run(&root, &list);
	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		check_list_write(&list, value);
		print_json(value);
	} else {
		print_list(&list);
	}
	return error_exit_status(check_conclusion(&list));
}

int command_capture(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };

	if (sysroot_open(NULL, &root, err) < 0 ||
	    capture_machine(&root, args->words[0], err) < 0)
		return -1;
	printf("%s: captured; look at it with 'suture check --sysroot %s'\n", args->words[0],
	       args->words[0]);
	return 0;
}
