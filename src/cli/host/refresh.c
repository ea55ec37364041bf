// SPDX-License-Identifier: GPL-2.0-or-later
/* suture refresh, suture update: asks the repository now; applies what it has now. */
#include <stdio.h>

#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/service.h"
#include "cli/host/verdict.h"

/* What the machine is like afterwards, by the kernel's word; the exit status says it too. */
static int print_view(const struct args *args, const struct view *view, enum error_code code,
		      const char *warning)
{
	auto_free char *text = verdict_text(view, code);

	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		json_set_text(value, "verdict", error_slug(code));
		json_set_text(value, "text", text);
		json_set_text(value, "warning", warning);
		json_set_int(value, "level", view->standing.in_force.level);
		json_set_int(value, "newest", view->standing.newest);
		json_set_text(value, "held", view->standing.held);
		print_json(value);
	} else {
		puts(text);
	}
	return error_exit_status(code);
}

static int print_now(const struct args *args, const char *warning, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };

	progress_step(args->progress, 0, 0, "%s", ""); /* wipes the line */
	if (view_open(args, 0, &view, err) < 0)
		return -1;
	return print_view(args, &view, verdict_of(&view), warning);
}

static int check_enabled(const struct args *args, struct error *err)
{
	auto_config struct config config = { 0 };

	if (service_check_root(args, err) < 0 ||
	    config_read(args_text(args, "sysroot"), &config, err) < 0)
		return -1;
	if (config_text(&config, CONFIG_REPO))
		return 0;
	return error_set(err, ERROR_NOT_FOUND,
			 "no repository is enabled here; 'suture enable --help' tells how");
}

/* That something is held back is an answer and no failure. */
static int run_agent(const struct args *args, bool by_hand, struct error *err)
{
	return service_agent(args, by_hand, err) < 0 && err->code != ERROR_POLICY ? -1 : 0;
}

int command_refresh(const struct args *args, struct error *err)
{
	if (check_enabled(args, err) < 0 || service_fetch(args, NULL, err) < 0 ||
	    run_agent(args, false, err) < 0)
		return -1;
	return print_now(args, NULL, err);
}

/* Nothing is fetched and nothing changed: what is on record decides. */
static int print_plan(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };
	auto_config struct config config = { 0 };
	const struct standing_patch *update;

	if (view_open(args, 0, &view, err) < 0 ||
	    config_read(args_text(args, "sysroot"), &config, err) < 0)
		return -1;
	update = &view.standing.update;
	if (!update->level)
		return error_set(err, ERROR_NOTHING, "nothing newer than level %jd is known; %s",
				 (intmax_t)view.standing.in_force.level,
				 config_text(&config, CONFIG_REPO) ?
				 "'suture refresh' asks" :
				 "no repository is enabled, 'suture enable' does");
	if (!args_has(args, "json"))
		printf("would apply level %jd (%s), %zu CVE%s%s\n", (intmax_t)update->level,
		       update->name, update->cves.count, update->cves.count == 1 ? "" : "s",
		       view.standing.held ? ", were it not held back" : "");
	return print_view(args, &view, view.standing.held ? ERROR_POLICY : ERROR_UPDATE, NULL);
}

int command_update(const struct args *args, struct error *err)
{
	const char *bundle = args_text(args, "bundle");
	auto_free char *warning = NULL;

	if (args_has(args, "dry-run"))
		return print_plan(args, err);
	if (bundle ? service_check_root(args, err) < 0 : check_enabled(args, err) < 0)
		return -1;
	if (service_fetch(args, bundle, err) < 0) {
		/* What is here already can be applied without the network; a bundle is all there is. */
		if (bundle || (err->code != ERROR_TEMPORARY && err->code != ERROR_POLICY))
			return -1;
		warning = xasprintf("going on with what is here: %s", err->msg);
		progress_say(args->progress, "suture update: %s", warning);
	}
	if (run_agent(args, true, err) < 0)
		return -1;
	return print_now(args, warning, err);
}
