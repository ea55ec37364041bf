// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/host/service.h"

#include <string.h>
#include <unistd.h>

#include "agent/credential.h"
#include "agent/place.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "cli/command.h"
#include "cli/sibling.h"

#define SYSTEMCTL "/usr/bin/systemctl"
/* Longer than any limit of theirs; they end by themselves. */
#define RUN_SECONDS 3600
#define CHANGE_SECONDS 60

struct units {
	const char *const *timers; /* or NULL */
	const char *const *end; /* closes the records when this boot ends, whatever was switched until then */
	const char *const *boot; /* what early boots start, from the next one on */
};

static const struct units agent_units = {
	.timers = (const char *const[]){ "suture-fetch.timer", "suture-agent.path",
					 "suture-agent.timer", "suture-checkin.path", NULL },
	.end = (const char *const[]){ "suture-agent-end.service", NULL },
	.boot = (const char *const[]){ "suture-agent-boot.service", NULL },
};
static const struct units boot_units = {
	.end = (const char *const[]){ "suture-boot-end.service", NULL },
	.boot = (const char *const[]){ "suture-boot.service", "suture-boot-commit.timer", NULL },
};

int service_check_root(const struct args *args, struct error *err)
{
	if (args_text(args, "sysroot") || geteuid() == 0)
		return 0;
	return error_set(err, ERROR_PERMISSION,
			 "'%s' changes the machine, and only root may; what can be read shows "
			 "'suture status'", args->command->name);
}

int service_begin_change(const struct args *args, int *ret_lock, struct error *err)
{
	if (service_check_root(args, err) < 0)
		return -1;
	return state_lock(args_text(args, "sysroot"), PLACE_CHANGE_LOCK, CHANGE_SECONDS, ret_lock,
			  err);
}

static enum error_code code_of_status(int status)
{
	for (enum error_code code = ERROR_FAILED; code <= ERROR_INTERRUPTED; code++)
		if (error_exit_status(code) == status)
			return code;
	return ERROR_FAILED;
}

/* Their errors begin with their name and end with the line; both are ours to say. */
static int pass_on(const char *name, const struct process_result *result, struct error *err)
{
	auto_text_list struct text_list lines = { 0 };
	auto_free char *prefix = xasprintf("%s: ", name);
	const char *last;

	text_list_split(&lines, buffer_text(&result->err), "\n");
	last = lines.count ? lines.items[lines.count - 1] : "";
	if (has_prefix(last, prefix))
		last += strlen(prefix);
	return error_set(err, code_of_status(result->status), "%s%s",
			 *last ? last : name, *last ? "" : " failed without a word");
}

static int run(const struct args *args, const char *name, struct text_list *argv,
	       const char *input, struct error *err)
{
	auto_process_result struct process_result result = { 0 };
	const char *root = args_text(args, "sysroot");

	if (root) {
		text_list_add(argv, "--root");
		text_list_add(argv, root);
	}

	const struct process_spec spec = {
		.argv = (const char *const *)argv->items,
		.input = input,
		.input_size = input ? strlen(input) : 0,
		.timeout_seconds = RUN_SECONDS,
	};

	if (process_run(&spec, &result, err) < 0)
		return -1;
	return result.status == 0 ? 0 : pass_on(name, &result, err);
}

/* It gives up root's rights itself (agent/privilege.h). */
static int run_fetch(const struct args *args, const char *option, const char *value,
		     const char *input, struct error *err)
{
	auto_text_list struct text_list argv = { 0 };
	auto_free char *program = NULL;

	if (sibling_find("suture-fetch", &program, err) < 0)
		return -1;
	text_list_add(&argv, program);
	text_list_add(&argv, "--once");
	text_list_add(&argv, option);
	if (value)
		text_list_add(&argv, value);
	return run(args, "suture-fetch", &argv, input, err);
}

int service_fetch(const struct args *args, const char *bundle, struct error *err)
{
	progress_step(args->progress, 0, 0, bundle ? "reading the bundle" :
						     "asking the repository");
	if (!bundle)
		return run_fetch(args, "--now", NULL, NULL, err);
	if (run_fetch(args, "--bundle", bundle, NULL, err) == 0)
		return 0;
	if (err->code == ERROR_PERMISSION)
		error_context(err, "the user " CREDENTIAL_GROUP " must be able to read the bundle");
	return -1;
}

int service_enrol(const struct args *args, const char *token, struct error *err)
{
	progress_step(args->progress, 0, 0, "asking the server");
	return run_fetch(args, "--enrol", NULL, token, err);
}

int service_agent(const struct args *args, bool apply, struct error *err)
{
	auto_text_list struct text_list argv = { 0 };
	auto_free char *program = NULL;

	if (sibling_find("suture-agent", &program, err) < 0)
		return -1;
	progress_step(args->progress, 0, 0, "verifying and applying");
	text_list_add(&argv, program);
	text_list_add(&argv, "--once");
	if (apply)
		text_list_add(&argv, "--now");
	return run(args, "suture-agent", &argv, NULL, err);
}

/* sd_booted(3): this folder is there where systemd is the init. */
static bool has_systemd(const struct args *args)
{
	return !args_text(args, "sysroot") && is_directory("/run/systemd/system");
}

static int systemctl(const char *verb, const char *option, const char *const *units,
		     struct error *err)
{
	auto_text_list struct text_list argv = { 0 };
	auto_process_result struct process_result result = { 0 };

	text_list_add(&argv, SYSTEMCTL);
	text_list_add(&argv, verb);
	if (option)
		text_list_add(&argv, option);
	text_list_add_all(&argv, units);

	const struct process_spec spec = { .argv = (const char *const *)argv.items,
					   .timeout_seconds = RUN_SECONDS };

	return process_run_ok(&spec, &result, err);
}

static int switch_units(const struct units *units, bool on, struct error *err)
{
	const char *verb = on ? "enable" : "disable";

	if (systemctl(verb, on ? "--now" : NULL, units->end, err) < 0 ||
	    (units->timers && systemctl(verb, "--now", units->timers, err) < 0))
		return -1;
	return systemctl(verb, NULL, units->boot, err);
}

int service_switch(const struct args *args, bool on, struct error *err)
{
	if (!has_systemd(args))
		return 0;
	if (switch_units(&agent_units, on, err) < 0)
		return error_context(err, "cannot %s the timers", on ? "start" : "stop");
	return 0;
}

int service_switch_boot(const struct args *args, bool on, struct error *err)
{
	if (!has_systemd(args))
		return 0;
	if (switch_units(&boot_units, on, err) < 0)
		return error_context(err, "cannot switch suture-boot.service %s", on ? "on" : "off");
	return 0;
}
