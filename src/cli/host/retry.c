// SPDX-License-Identifier: GPL-2.0-or-later
/* suture retry: a patch that crashed the machine, was taken back or failed may be tried once more. That
 * a boot ended badly is no proof against the patch: the power may have failed. */
#include <stdio.h>
#include <string.h>

#include "agent/history.h"
#include "agent/place.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/policy.h"

#define LOCK_SECONDS 300

static int forgive(const struct args *args, const char *root, struct life *life, struct error *err)
{
	auto_free char *module = life_module_path(root, life);
	auto_free char *before = life->reason ? xstrdup(life->reason) : xstrdup("");

	if (life->state != LIFE_CRASHED && life->state != LIFE_TAKEN_BACK &&
	    life->state != LIFE_FAILED)
		return error_set(err, ERROR_NOTHING, "nothing is remembered against %s (level %jd); "
				 "it is %s", life->name, (intmax_t)life->level,
				 life_state_slug(life->state));
	life->state = file_exists(module) ? LIFE_VERIFIED : LIFE_AVAILABLE;
	life->failures = 0;
	life->applied = 0; /* it has yet to show that it does no harm: 'rollback' goes to none such */
	attempt_forgive(&life->attempt);
	free(life->reason);
	life->reason = NULL;
	if (life_write(root, life, err) < 0 ||
	    history_add(root, "retried", life, before, err) < 0)
		return -1;
	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		life_report(life, value);
		print_json(value);
		return 0;
	}
	printf("%s (level %jd) may be tried again; 'suture update' does now\n", life->name,
	       (intmax_t)life->level);
	return 0;
}

/* The records are read once more below the lock: an agent may have changed them. */
int command_retry(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };
	auto_life_list struct life_list lives = { 0 };
	auto_close int lock = -1;
	const struct life *found;
	struct life *life;

	if (policy_open(args, &view, err) < 0 || view_find(&view, args->words[0], &found, err) < 0)
		return -1;
	if (state_lock(view.records.root, PLACE_AGENT_LOCK, LOCK_SECONDS, &lock, err) < 0 ||
	    life_list_read(view.records.root, &lives, err) < 0)
		return -1;
	life = life_find(&lives, found->sha256);
	if (!life)
		return error_set(err, ERROR_NOT_FOUND, "%s is not known any more", found->name);
	return forgive(args, view.records.root, life, err);
}
