// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/agent.h"

#include <stdio.h>
#include <string.h>

#include "agent/admit.h"
#include "agent/apply.h"
#include "agent/choose.h"
#include "agent/history.h"
#include "agent/judge.h"
#include "agent/place.h"
#include "agent/report.h"
#include "agent/report_make.h"
#include "agent/want.h"
#include "base/file.h"
#include "repo/moment.h"
#include "repo/trust.h"
#include "runtime/livepatch.h"

#define LOCK_SECONDS 300 /* a run waits for its transition at most so long, as a rule */

static void agent_clear(struct agent *agent)
{
	config_clear(&agent->config);
	policy_clear(&agent->policy);
	advice_clear(&agent->advice);
	life_list_clear(&agent->lives);
	text_list_clear(&agent->loaded);
	machine_clear(&agent->machine);
	sysroot_close(&agent->sysroot);
}
#define auto_agent __attribute__((cleanup(agent_clear)))

int agent_look(struct agent *agent, struct error *err)
{
	text_list_clear(&agent->loaded);
	if (sysroot_list(&agent->sysroot, &agent->loaded, err, LIVEPATCH_FOLDER) == 0)
		return 0;
	return err->code == ERROR_NOT_FOUND ? 0 : -1; /* a kernel without livepatching */
}

/* "350735.47 234388.90" */
int agent_measure(struct agent *agent, struct error *err)
{
	auto_free char *text = sysroot_text(&agent->sysroot, "/proc/uptime");
	long long taint = sysroot_number(&agent->sysroot, -1, "/proc/sys/kernel/tainted");
	long long seconds = 0, hundredths = 0;

	if (!text || sscanf(text, "%lld.%2lld", &seconds, &hundredths) != 2 || taint < 0)
		return error_set(err, ERROR_SYSTEM,
				 "cannot read /proc/uptime or /proc/sys/kernel/tainted: is /proc "
				 "mounted?");
	agent->uptime = seconds * 1000000 + hundredths * 10000;
	agent->machine.taint = (uint64_t)taint;
	return 0;
}

static int read_machine(struct agent *agent, struct error *err)
{
	if (sysroot_open(agent->options->root, &agent->sysroot, err) < 0)
		return -1;
	machine_read(&agent->sysroot, &agent->machine);
	agent->now = agent->options->now ? agent->options->now : moment_now();
	if (agent->machine.boot_id)
		return agent_measure(agent, err) < 0 ? -1 : agent_look(agent, err);
	return error_set(err, ERROR_FAILED,
			 "this boot has no id (/proc/sys/kernel/random/boot_id): is /proc mounted?");
}

/* The fetcher's files are a stranger's: what makes no sense is as if it were not there. Without a
 * server nobody has advice to give. */
static void read_advice(struct agent *agent)
{
	struct error ignored;

	if (!config_text(&agent->config, CONFIG_SERVER) ||
	    advice_read(agent->options->root, &agent->advice, &ignored) < 0)
		agent->advice = (struct advice){ .pin = -1 };
}

static int agent_open(struct agent *agent, const char *root, struct error *err)
{
	agent->policy.pin_level = agent->advice.pin = -1;
	if (read_machine(agent, err) < 0 || config_read(root, &agent->config, err) < 0 ||
	    policy_read(root, &agent->policy, err) < 0 ||
	    life_list_read(root, &agent->lives, err) < 0)
		return -1;
	read_advice(agent);
	mode_read(&agent->sysroot, &agent->config, &agent->mode);
	agent->ring = want_ring(&agent->config, &agent->advice);
	return 0;
}

/* What the exit status is for, the gravest first. */
static void conclude(const struct agent *agent, const struct choice *choice, struct error *outcome)
{
	const struct life *update = choose_update(agent, choice);

	*outcome = ERROR_INIT;
	if (agent->failure.code != ERROR_NONE)
		*outcome = agent->failure;
	else if (agent->admission.code != ERROR_NONE)
		*outcome = agent->admission;
	else if (update && update->state == LIFE_HELD)
		error_set(outcome, ERROR_POLICY, "level %jd (%s) is held back: %s",
			  (intmax_t)update->level, update->name, update->reason);
	else if (update && (update->state == LIFE_CRASHED || update->state == LIFE_TAKEN_BACK))
		error_set(outcome, ERROR_APPLY, "level %jd (%s) is not applied: %s",
			  (intmax_t)update->level, update->name, update->reason);
}

/* How the machine was before: if it does not come back, this is the last that its server hears. */
static int report_before(const struct agent *agent, const struct choice *choice, struct error *err)
{
	auto_json json_value *report = NULL;

	if (!choice->wanted || choice->wanted == choice->current)
		return 0;
	report = report_make(agent, choice, &agent->admission);
	return report_publish(agent->options->root, report, err);
}

/* Another fingerprint by whatever way it came into suture.conf: nothing new is believed until 'suture
 * enable' has begun anew with it. What is in force stays, and what was committed once comes back at a boot:
 * it was signed by whom the administrator trusted then, and a slip in a file must open no hole. What was
 * verified and never committed waits (choose.c asks for metadata that were verified in this run). */
static bool trusts_the_configured(struct agent *agent)
{
	auto_free char *folder = place_path(agent->options->root, PLACE_TRUST);
	const char *fingerprint = config_text(&agent->config, CONFIG_ROOT);

	return !fingerprint || (trust_adopt_begun(folder, fingerprint, &agent->admission) == 0 &&
				trust_check_begun(folder, fingerprint, &agent->admission) == 0);
}

static int run_steps(struct agent *agent, struct choice *choice, struct error *err)
{
	if ((!agent->options->at_boot && trusts_the_configured(agent) &&
	     admit_incoming(agent, err) < 0) ||
	    judge_lives(agent, err) < 0)
		return -1;
	choose_patch(agent, choice);
	if (report_before(agent, choice, err) < 0 || apply_choice(agent, choice, err) < 0 ||
	    choose_note_held(agent, choice, err) < 0)
		return -1;
	return 0;
}

/* Who could not even begin has only this to say; the rest stays as it was said last. */
static void tell_broken(const char *root, const struct error *why)
{
	auto_json json_value *report = NULL;
	struct error ignored;
	json_value *run;

	if (report_read(root, &report, &ignored) < 0)
		return;
	run = json_set_object(report, "run");
	json_set_text(run, "outcome", error_slug(why->code));
	json_set_text(run, "message", why->msg);
	report_publish(root, report, &ignored);
}

int agent_run(const struct agent_options *options, unsigned *ret_probation, struct error *err)
{
	auto_agent struct agent agent = { .options = options, .sysroot = { .fd = -1 } };
	auto_json json_value *report = NULL;
	struct choice choice = { 0 };
	struct error outcome = ERROR_INIT;
	auto_close int lock = -1;

	if (state_lock(options->root, PLACE_AGENT_LOCK, LOCK_SECONDS, &lock, err) < 0)
		return -1;
	if (agent_open(&agent, options->root, err) < 0) {
		tell_broken(options->root, err);
		return -1;
	}
	if (run_steps(&agent, &choice, err) < 0)
		outcome = *err;
	else
		conclude(&agent, &choice, &outcome);
	report = report_make(&agent, &choice, &outcome);
	if (report_publish(options->root, report, err) < 0)
		return -1;
	*ret_probation = judge_probation_left(&agent);
	if (apply_tidy(&agent, &choice, err) < 0)
		return -1;
	if (outcome.code == ERROR_NONE)
		return 0;
	*err = outcome;
	return -1;
}

int agent_end(const char *root, struct error *err)
{
	const struct agent_options options = { .root = root };
	auto_agent struct agent agent = { .options = &options, .sysroot = { .fd = -1 } };
	auto_close int lock = -1;

	/* Whatever became of the configuration. */
	if (state_lock(root, PLACE_AGENT_LOCK, LOCK_SECONDS, &lock, err) < 0 ||
	    read_machine(&agent, err) < 0 || life_list_read(root, &agent.lives, err) < 0)
		return -1;
	for (size_t i = 0; i < agent.lives.count; i++) {
		struct life *life = &agent.lives.items[i];

		if (!life_is_open(life) || !attempt_is_of(&life->attempt, agent.machine.boot_id))
			continue;
		life->state = LIFE_VERIFIED;
		if (life_write(root, life, err) < 0)
			return -1;
	}
	return 0;
}
