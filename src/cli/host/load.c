// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/show.h"
#include "runtime/load.h"
#include "runtime/measure.h"

#define WAIT_DEFAULT 60
#define WAIT_MOST 86400

static void write_result(const struct load_result *result, const struct error *err)
{
	auto_json json_value *value = json_new_object();

	json_set_text(value, "name", result->name);
	json_set_bool(value, "done", !err);
	json_set_text(value, "error", err ? error_slug(err->code) : NULL);
	json_set_text(value, "message", err ? err->msg : NULL);
	json_set_real(value, "seconds", (double)(int64_t)(result->seconds * 1000) / 1000);

	json_value *removed = json_set_array(value, "removed");

	for (size_t i = 0; i < result->removed.count; i++)
		json_add_text(removed, result->removed.items[i]);

	json_value *kept = json_set_array(value, "kept");

	for (size_t i = 0; i < result->kept.count; i++)
		json_add_text(kept, result->kept.items[i]);
	blocker_list_write(&result->blockers, json_set_array(value, "blockers"));
	print_json(value);
}

static void print_loaded(const struct load_result *result)
{
	printf("%s is applied: transition complete after %.1f s\n", result->name, result->seconds);
	for (size_t i = 0; i < result->removed.count; i++)
		printf("%s was replaced by it and is removed\n", result->removed.items[i]);
	for (size_t i = 0; i < result->kept.count; i++)
		printf("%s was replaced by it; its module is still in use and stays loaded\n",
		       result->kept.items[i]);
}

/* Shows the outcome either way and passes the failure on. */
static int finish(const struct args *args, int status, const struct load_result *result,
		  const char *done, struct error *err)
{
	progress_step(args->progress, 0, 0, "%s", ""); /* wipes the line */
	if (args_has(args, "json"))
		write_result(result, status < 0 ? err : NULL);
	else if (status < 0)
		show_blockers(stderr, &result->blockers);
	else if (done)
		printf("%s is %s after %.1f s\n", result->name, done, result->seconds);
	else
		print_loaded(result);
	return status;
}

/* Applied is not effective: says so if something sits in front of the new code. It stays loaded;
 * 'suture status' tells more. */
static int check_effect(const struct sysroot *root, const char *name, struct error *err)
{
	auto_status struct status status = { 0 };
	struct error dropped;

	if (status_measure(root, 0, NULL, &status, &dropped) < 0)
		return 0; /* it was applied; that it cannot be measured is for status to say */

	const struct livepatch *patch = livepatch_find(&status.patches, name);

	if (!patch || livepatch_worst_effect(patch) < EFFECT_CONTESTED)
		return 0;

	auto_free char *why = livepatch_worst_text(patch);

	return error_set(err, ERROR_APPLY,
			 "%s is applied and stays loaded, but may not be effective: %s; see 'suture "
			 "status --verify'", name, why);
}

int command_load(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_load_result struct load_result result = { 0 };
	uint64_t wait;

	if (args_number(args, "wait", WAIT_DEFAULT, 0, WAIT_MOST, &wait, err) < 0 ||
	    sysroot_open(NULL, &root, err) < 0)
		return -1;

	int status = livepatch_load(&root, args->words[0], (unsigned)wait, args->progress, &result,
				    err);

	if (status == 0)
		status = check_effect(&root, result.name, err);
	return finish(args, status, &result, NULL, err);
}

int command_unload(const struct args *args, struct error *err)
{
	auto_sysroot struct sysroot root = { .fd = -1 };
	auto_load_result struct load_result result = { 0 };
	uint64_t wait;

	if (args_number(args, "wait", WAIT_DEFAULT, 0, WAIT_MOST, &wait, err) < 0 ||
	    sysroot_open(NULL, &root, err) < 0)
		return -1;

	auto_free char *name = patch_name_of(args->words[0]);

	return finish(args,
		      livepatch_unload(&root, name, (unsigned)wait, args->progress, &result, err),
		      &result, "removed", err);
}
