// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/host/commands.h"
#include "model/status.h"

/* Schemas of data/schema that only this program needs, as the build embeds them. Those of the author's
 * and the server's commands are here too: one place to ask. */
extern const char schema_blocking[], schema_boot_list[], schema_build[], schema_check[],
	schema_config[], schema_cve[], schema_diff[], schema_doctor[], schema_enable[],
	schema_error[], schema_explain[], schema_history[], schema_inspect[], schema_kernel[],
	schema_key_show[], schema_list[], schema_load[], schema_machine_list[], schema_new[],
	schema_policy[], schema_reboot_needed[], schema_repo_key_list[], schema_repo_status[],
	schema_repo_verify[], schema_retry[], schema_rollback[], schema_show[], schema_sign[],
	schema_token_list[], schema_token_new[], schema_try[], schema_uname[],
	schema_update[], schema_verify[], schema_watch[];

/* By the command that prints it. */
static const struct {
	const char *name, *text;
} schemas[] = {
	{ "block", schema_policy },
	{ "blocking", schema_blocking },
	{ "boot-list", schema_boot_list },
	{ "build", schema_build },
	{ "check", schema_check },
	{ "config", schema_config },
	{ "cve", schema_cve },
	{ "diff", schema_diff },
	{ "disable", schema_enable },
	{ "doctor", schema_doctor },
	{ "enable", schema_enable },
	{ "error", schema_error },
	{ "explain", schema_explain },
	{ "history", schema_history },
	{ "inspect", schema_inspect },
	{ "kernel", schema_kernel },
	{ "key-show", schema_key_show },
	{ "list", schema_list },
	{ "load", schema_load },
	{ "machine-list", schema_machine_list },
	{ "new", schema_new },
	{ "pin", schema_policy },
	{ "reboot-needed", schema_reboot_needed },
	{ "refresh", schema_update },
	{ "repo-key-list", schema_repo_key_list },
	{ "repo-status", schema_repo_status },
	{ "repo-verify", schema_repo_verify },
	{ "retry", schema_retry },
	{ "rollback", schema_rollback },
	{ "show", schema_show },
	{ "sign", schema_sign },
	{ "status", status_schema },
	{ "token-list", schema_token_list },
	{ "token-new", schema_token_new },
	{ "try", schema_try },
	{ "uname", schema_uname },
	{ "unblock", schema_policy },
	{ "unload", schema_load },
	{ "unpin", schema_policy },
	{ "update", schema_update },
	{ "verify", schema_verify },
	{ "watch", schema_watch },
};

int command_schema(const struct args *args, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemas); i++) {
		if (!args->count) {
			puts(schemas[i].name);
		} else if (!strcmp(schemas[i].name, args->words[0])) {
			fputs(schemas[i].text, stdout);
			return 0;
		}
	}
	if (!args->count)
		return 0;
	return error_set(err, ERROR_NOT_FOUND,
			 "there is no schema '%.64s'; 'suture schema' names them all",
			 args->words[0]);
}
