// SPDX-License-Identifier: GPL-2.0-or-later
/* suture rollback: back to an earlier level, with its price said first: what becomes open again. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/policy.h"
#include "cli/host/service.h"

/* Why it cannot be in force again, or NULL. */
static const char *obstacle(const struct view *view, const struct life *life)
{
	auto_free char *module = life_module_path(view->records.root, life);

	if (!is_for_kernel(life, &view->status))
		return "it is for another kernel";
	if (life->state == LIFE_CRASHED || life->state == LIFE_TAKEN_BACK ||
	    life->state == LIFE_FAILED || life->state == LIFE_REVOKED)
		return life_state_text(life->state);
	if (text_list_has(&view->records.policy.blocked, life->module_sha256))
		return "it is blocked; 'suture unblock' lets it through";
	return file_exists(module) ? NULL : "its module is not here";
}

/* The one before what is in force; NULL: none. Levels fall in the list. */
static const struct life *find_previous(const struct view *view)
{
	const struct life_list *lives = &view->records.lives;

	for (size_t i = 0; i < lives->count; i++) {
		const struct life *life = &lives->items[i];

		if (life->level < view->standing.in_force.level && !obstacle(view, life) &&
		    (life->attempt.was_committed || life->applied))
			return life;
	}
	return NULL;
}

/* NULL in *ret_life: no patch at all. */
static int choose_target(const struct args *args, const struct view *view,
			 const struct life **ret_life, struct error *err)
{
	const char *words = args_text(args, "to");

	*ret_life = NULL;
	if (words && args_has(args, "none"))
		return error_set(err, ERROR_USAGE, "either --to or --none");
	if (args_has(args, "none"))
		return 0;
	if (!words) {
		*ret_life = find_previous(view);
		return 0;
	}
	if (view_find(view, words, ret_life, err) < 0)
		return -1;

	const char *why = obstacle(view, *ret_life);

	if (why)
		return error_set(err, ERROR_POLICY,
				 "level %jd (%s) cannot be gone back to: %s",
				 (intmax_t)(*ret_life)->level, (*ret_life)->name, why);
	if ((*ret_life)->level > view->standing.in_force.level)
		return error_set(err, ERROR_USAGE,
				 "level %jd is not before what is in force: 'suture unpin' and "
				 "'suture update' go forward", (intmax_t)(*ret_life)->level);
	return 0;
}

/* What the patch in force fixes and the target does not. */
static void find_debt(const struct view *view, const struct life *target, struct text_list *debt)
{
	const struct text_list *cves = &view->standing.in_force.cves;

	for (size_t i = 0; i < cves->count; i++)
		if (!(target && text_list_has(&target->cves, cves->items[i])) &&
		    !text_list_has(&view->standing.fixed_in_kernel, cves->items[i]))
			text_list_add(debt, cves->items[i]);
}

static void print_plan(const struct view *view, const struct life *target,
		       const struct text_list *debt)
{
	const struct standing_patch *now = &view->standing.in_force;

	if (target)
		printf("from level %jd (%s) back to level %jd (%s)\n", (intmax_t)now->level,
		       now->name, (intmax_t)target->level, target->name);
	else
		printf("from level %jd (%s) back to no patch at all\n", (intmax_t)now->level,
		       now->name);
	if (!debt->count)
		puts("no CVE opens again");
	for (size_t i = 0; i < debt->count; i++)
		printf("opens again: %s\n", debt->items[i]);
	fflush(stdout);
}

static void print_outcome(const struct args *args, const struct life *target,
			  const struct text_list *debt, bool done)
{
	auto_json json_value *value = json_new_object();

	if (!args_has(args, "json")) {
		if (done && target)
			printf("level %jd (%s) is in force; it stays so until 'suture unpin'\n",
			       (intmax_t)target->level, target->name);
		else if (done)
			puts("no patch is in force; it stays so until 'suture unpin'");
		return;
	}
	json_set_bool(value, "done", done);
	json_set_int(value, "level", target ? target->level : 0);
	json_set_text(value, "patch", target ? target->sha256 : NULL);

	json_value *array = json_set_array(value, "opens_again");

	for (size_t i = 0; i < debt->count; i++)
		json_add_text(array, debt->items[i]);
	print_json(value);
}

/* Asks the kernel, not the agent. */
static int check_done(const struct args *args, const struct life *target, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };

	if (view_open(args, 0, &view, err) < 0)
		return -1;
	if (view.standing.in_force.level == (target ? target->level : 0))
		return 0;
	return error_set(err, view.status.protection == PROTECTION_TRANSITION ? ERROR_TRANSITION :
										ERROR_APPLY,
			 "the pin is set and level %jd is still in force; see 'suture status' and "
			 "'suture history'", (intmax_t)view.standing.in_force.level);
}

static int go_back(const struct args *args, struct view *view, const struct life *target,
		   struct error *err)
{
	policy_set_pin(&view->records.policy, view->status.kernel.build_id,
		       target ? target->level : 0);
	if (policy_write(view->records.root, &view->records.policy, err) < 0)
		return -1;
	view_unlock(view); /* the agent may take long, and other words may be said meanwhile */
	/* That an update is held back now, or that what is known is old, is no failure of this. */
	if (service_agent(args, true, err) < 0 && err->code != ERROR_POLICY &&
	    err->code != ERROR_STALE && err->code != ERROR_VERIFY)
		return error_context(err, "the pin is set; the agent");
	return check_done(args, target, err);
}

int command_rollback(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };
	auto_text_list struct text_list debt = { 0 };
	bool dry = args_has(args, "dry-run");
	const struct life *target;

	if (policy_open(args, &view, err) < 0 || choose_target(args, &view, &target, err) < 0)
		return -1;
	if (!view.standing.in_force.level ||
	    (target && target->level == view.standing.in_force.level))
		return error_set(err, ERROR_NOTHING, "%s", target ?
				 "that level is in force already" :
				 "no published patch is in force that could be taken back; 'suture "
				 "unload' takes off one that was loaded by hand");
	find_debt(&view, target, &debt);
	if (!args_has(args, "json"))
		print_plan(&view, target, &debt);
	if (!dry && go_back(args, &view, target, err) < 0)
		return -1;
	print_outcome(args, target, &debt, !dry);
	return 0;
}
