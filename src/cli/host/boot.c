// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "agent/config.h"
#include "agent/mode.h"
#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/service.h"
#include "cli/host/show.h"
#include "runtime/boot.h"
#include "runtime/machine.h"

int command_boot_enable(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_free char *build_id = NULL;

	if (sysroot_open(NULL, &root, err) < 0 ||
	    boot_enable(&root, BOOT_FOLDER, args->words[0], &build_id, err) < 0 ||
	    service_switch_boot(args, true, err) < 0)
		return -1;
	printf("%s will be applied at every boot of the kernel with build-id %s\n", args->words[0],
	       build_id);
	return 0;
}

int command_boot_disable(const struct args *args, struct error *err)
{
	auto_free char *name = patch_name_of(args->words[0]);
	auto_boot_list struct boot_list left = { 0 };

	if (boot_disable(BOOT_FOLDER, name, args_text(args, "kernel"), err) < 0 ||
	    boot_read(BOOT_FOLDER, &left, err) < 0 ||
	    (!left.count && service_switch_boot(args, false, err) < 0))
		return -1;
	printf("%s will not be applied at boot any more; what is loaded stays loaded\n", name);
	return 0;
}

static void print_entry(const struct boot_entry *entry, const char *running)
{
	bool is_here = running && !strcmp(running, entry->build_id);

	printf("%-32s %-10s %s%s%s%s\n", entry->name, boot_state_slug(entry->state),
	       entry->release ? entry->release : entry->build_id,
	       is_here ? "" : " (not the running kernel)", entry->reason ? ": " : "",
	       entry->reason ? entry->reason : "");
}

int command_boot_list(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_boot_list struct boot_list list = { 0 };

	if (sysroot_open(NULL, &root, err) < 0 || boot_read(BOOT_FOLDER, &list, err) < 0)
		return -1;

	auto_free char *running = machine_build_id(&root);

	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		json_set_text(value, "running_build_id", running);
		boot_list_write(&list, json_set_array(value, "patches"));
		print_json(value);
		return 0;
	}
	for (size_t i = 0; i < list.count; i++)
		print_entry(&list.items[i], running);
	return 0;
}

/* The mode in suture.conf is a kill switch as the kernel's command line is one (agent/mode.h). */
static int check_mode(const struct sysroot *root, struct error *err)
{
	auto_config struct config config = { 0 };
	struct mode mode;

	if (config_read(NULL, &config, err) < 0)
		return -1;
	mode_read(root, &config, &mode);
	if (mode.may_apply)
		return 0;
	return error_set(err, ERROR_POLICY, "the mode is %s, by %s: nothing is applied", mode.name,
			 mode.from_kernel ? "suture.mode on the kernel's command line" :
					    "suture.conf");
}

int command_boot_apply(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	struct boot_result result;
	uint64_t wait;

	if (args_number(args, "wait", 60, 0, 86400, &wait, err) < 0 ||
	    sysroot_open(NULL, &root, err) < 0 || check_mode(&root, err) < 0 ||
	    boot_apply(&root, BOOT_FOLDER, (unsigned)wait, args->progress, &result, err) < 0)
		return -1;
	progress_step(args->progress, 0, 0, "%s", ""); /* wipes the line */
	printf("applied %zu, there already %zu, failed %zu, left alone after a crash %zu\n",
	       result.applied, result.there, result.failed, result.crashed);
	return result.failed || result.crashed ? error_exit_status(ERROR_APPLY) : 0;
}

int command_boot_commit(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };

	(void)args;
	if (sysroot_open(NULL, &root, err) < 0)
		return -1;
	return boot_commit(&root, BOOT_FOLDER, err);
}

int command_boot_end(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };

	(void)args;
	if (sysroot_open(NULL, &root, err) < 0)
		return -1;
	return boot_end(&root, BOOT_FOLDER, err);
}
