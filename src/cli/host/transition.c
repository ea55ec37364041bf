// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/show.h"
#include "runtime/livepatch.h"

#define BLOCKERS_LIMIT 10000

static int find_in_transition(const struct sysroot *root, struct livepatch_list *ret_list,
			      const struct livepatch **ret_patch, struct error *err)
{
	if (livepatch_read_all(root, ret_list, err) < 0)
		return -1;
	*ret_patch = NULL;
	for (size_t i = 0; i < ret_list->count; i++)
		if (livepatch_in_transition(&ret_list->items[i]))
			*ret_patch = &ret_list->items[i];
	return 0;
}

static void print_blockers(const struct livepatch *patch, const struct blocker_list *list)
{
	if (!patch) {
		puts("no transition is running: nothing is held up");
		return;
	}
	printf("%s is %s; %zu task%s left\n", patch->name, livepatch_state_text(patch->state),
	       list->left, list->left == 1 ? "" : "s");
	show_blockers(stdout, list);
}

int command_blocking(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_livepatch_list struct livepatch_list list = { 0 };
	auto_blocker_list struct blocker_list blockers = { 0 };
	const struct livepatch *patch;

	if (sysroot_open(NULL, &root, err) < 0 ||
	    find_in_transition(&root, &list, &patch, err) < 0)
		return -1;
	if (patch && transition_blockers(&root, patch, patch->state == LIVEPATCH_APPLYING,
					 BLOCKERS_LIMIT, &blockers, err) < 0)
		return -1;
	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		json_set_text(value, "patch", patch ? patch->name : NULL);
		json_set_text(value, "state", patch ? livepatch_state_slug(patch->state) : NULL);
		json_set_int(value, "tasks_left", (int64_t)blockers.left);
		blocker_list_write(&blockers, json_set_array(value, "blockers"));
		print_json(value);
	} else {
		print_blockers(patch, &blockers);
	}
	return patch ? error_exit_status(ERROR_TRANSITION) : 0;
}

static int check_there(const struct sysroot *root, const char *name, struct error *err)
{
	if (livepatch_is_present(root, name))
		return 0;
	return error_set(err, ERROR_NOT_FOUND,
			 "there is no livepatch %s; 'suture list' shows what is there", name);
}

int command_transition_wait(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_free char *name = patch_name_of(args->words[0]);
	uint64_t wait;

	if (args_number(args, "wait", 60, 0, 86400, &wait, err) < 0 ||
	    sysroot_open(NULL, &root, err) < 0 || check_there(&root, name, err) < 0 ||
	    transition_wait(&root, name, (unsigned)wait, args->progress, err) < 0)
		return -1;
	progress_step(args->progress, 0, 0, "%s", ""); /* wipes the line */
	printf("%s: the transition is complete\n", name);
	return 0;
}

int command_transition_reverse(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_free char *name = patch_name_of(args->words[0]);

	if (sysroot_open(NULL, &root, err) < 0 || transition_reverse(&root, name, err) < 0)
		return -1;
	printf("%s: turned round; 'suture transition wait %s' waits for the end\n", name, name);
	return 0;
}

int command_transition_force(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_free char *name = patch_name_of(args->words[0]);

	if (!args_has(args, "yes-i-will-reboot"))
		return error_set(err, ERROR_USAGE,
				 "forcing makes the kernel call the transition complete while tasks "
				 "still run the old code: old and new code then work on the same data, "
				 "which the patch's author never tested, and no livepatch module of "
				 "this moment can ever be removed. If you mean it and will reboot "
				 "soon, add --yes-i-will-reboot");
	if (sysroot_open(NULL, &root, err) < 0 || transition_force(&root, name, err) < 0)
		return -1;
	printf("%s: the transition was forced; plan a reboot\n", name);
	return 0;
}
