// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/judge.h"

#include <string.h>

#include "agent/history.h"
#include "agent/trouble.h"
#include "base/text.h"
#include "runtime/kernel_log.h"
#include "runtime/livepatch.h"
#include "runtime/taint.h"
#include "runtime/transition.h"

#define SECOND INT64_C(1000000)
#define FINISH_MILLISECONDS 2000

int64_t judge_log_end(void)
{
	auto_kernel_log struct kernel_log log;
	struct kernel_log_line line;
	int64_t last = 0;

	kernel_log_open(&log, true);
	while (kernel_log_next(&log, &line))
		last = line.microseconds;
	return last;
}

/* The first line after that time that speaks against the patch (agent/trouble.h), or NULL. Caller frees. */
static char *find_log_trouble(int64_t after, const char *committed_module)
{
	struct trouble_search search = { .module = committed_module };
	auto_kernel_log struct kernel_log log;
	struct kernel_log_line line;

	kernel_log_open(&log, true);
	while (kernel_log_next(&log, &line)) {
		const char *found = line.microseconds > after ?
					    trouble_search_next(&search, line.level, line.text) : NULL;

		if (found)
			return xstrdup(found);
	}
	return NULL;
}

static int set_state(const struct agent *agent, struct life *life, enum life_state state,
		     const char *reason, struct error *err)
{
	char *copy = reason ? xstrdup(reason) : NULL; /* may be the present one */

	free(life->reason);
	life->reason = copy;
	life->state = state;
	return life_write(agent->options->root, life, err);
}

static int tell(const struct agent *agent, const char *event, const struct life *life,
		struct error *err)
{
	return history_add(agent->options->root, event, life, life->reason, err);
}

static bool is_of_this_boot(const struct agent *agent, const struct life *life)
{
	return attempt_is_of(&life->attempt, agent->machine.boot_id);
}

/* The boot that began it never closed it: because of it, or the power failed. */
static int judge_unclean_end(struct agent *agent, struct life *life, struct error *err)
{
	const char *against = attempt_end_uncleanly(&life->attempt, life->state == LIFE_PROBATION);

	if (set_state(agent, life, against ? LIFE_CRASHED : LIFE_VERIFIED,
		      against ? against : attempt_caution(&life->attempt), err) < 0)
		return -1;
	return tell(agent, against ? "crashed" : "unclean-end", life, err);
}

/* An earlier boot's. What that boot had in force is not any more. */
static int judge_earlier_boot(struct agent *agent, struct life *life, struct error *err)
{
	life->is_left_off = false;
	life->failures = 0;
	if (life_is_open(life))
		return judge_unclean_end(agent, life, err);
	if (life->state == LIFE_COMMITTED || life->state == LIFE_REPLACED ||
	    life->state == LIFE_FAILED)
		return set_state(agent, life, LIFE_VERIFIED, NULL, err);
	return 0;
}

/* An agent of this boot began to load it and was killed. What the kernel says counts. */
static int judge_unfinished(struct agent *agent, struct life *life, struct error *err)
{
	const struct sysroot *root = &agent->sysroot;
	unsigned wait = config_number(&agent->config, CONFIG_TRANSITION);
	struct error why;

	if (!text_list_has(&agent->loaded, life->module))
		return set_state(agent, life, LIFE_VERIFIED,
				 "an agent was killed before it was loaded", err);
	if (transition_wait(root, life->module, wait, agent->options->progress, &why) < 0)
		return set_state(agent, life, LIFE_TRANSITIONING, why.msg, err);
	if (livepatch_enabled(root, life->module) == 0)
		return set_state(agent, life, LIFE_FAILED,
				 "it was taken back while the agent was away", err);
	life->applied = agent->now;
	if (set_state(agent, life, LIFE_PROBATION, attempt_caution(&life->attempt), err) < 0)
		return -1;
	return tell(agent, "applied", life, err);
}

/* The taint of before, and the log: a WARN does not show in a taint that was there already. */
static char *find_trouble(const struct agent *agent, const struct life *life)
{
	const char *committed = life->attempt.was_committed ? life->module : NULL;
	uint64_t trouble = attempt_trouble(&life->attempt, agent->machine.taint);
	char *line = agent->options->root ? NULL : find_log_trouble(life->log_time, committed);

	if (line || !trouble)
		return line;
	return taint_text(trouble);
}

/* The kernel complains line by line and sets its taint last (kernel/panic.c __warn()). The rest of it
 * must not be blamed on the patch that comes next. */
static int let_it_finish(struct agent *agent, struct error *err)
{
	if (!agent->options->root)
		pause_milliseconds(FINISH_MILLISECONDS);
	return agent_measure(agent, err);
}

static int judge_probation(struct agent *agent, struct life *life, struct error *err)
{
	int64_t wanted = 60 * (int64_t)config_number(&agent->config, CONFIG_PROBATION) * SECOND;
	auto_free char *trouble = find_trouble(agent, life);

	if (trouble) {
		auto_free char *reason = xasprintf("the kernel had trouble with it: %.300s", trouble);

		if (let_it_finish(agent, err) < 0 ||
		    set_state(agent, life, LIFE_TAKEN_BACK, reason, err) < 0)
			return -1;
		return tell(agent, "taken-back", life, err);
	}
	if (agent->uptime - life->uptime < wanted)
		return 0;
	attempt_commit(&life->attempt);
	if (set_state(agent, life, LIFE_COMMITTED, NULL, err) < 0)
		return -1;
	return tell(agent, "committed", life, err);
}

/* Another of our patches is there, put there in this boot: an agent that was killed before it could
 * write that down. */
static bool was_replaced(const struct agent *agent, const struct life *life)
{
	for (size_t i = 0; i < agent->lives.count; i++) {
		const struct life *other = &agent->lives.items[i];

		if (other != life && is_of_this_boot(agent, other) &&
		    text_list_has(&agent->loaded, other->module))
			return true;
	}
	return false;
}

static int judge_absent(struct agent *agent, struct life *life, struct error *err)
{
	if (!life_is_applied(life, agent->machine.boot_id))
		return 0;
	if (was_replaced(agent, life))
		return set_state(agent, life, LIFE_REPLACED, NULL, err);
	life->is_left_off = true;
	if (set_state(agent, life, LIFE_REPLACED, "somebody took it off", err) < 0)
		return -1;
	return tell(agent, "removed", life, err);
}

static int judge_life(struct agent *agent, struct life *life, struct error *err)
{
	if (!is_of_this_boot(agent, life))
		return judge_earlier_boot(agent, life, err);
	if ((life->state == LIFE_LOADING || life->state == LIFE_TRANSITIONING) &&
	    judge_unfinished(agent, life, err) < 0)
		return -1;
	life->is_present = text_list_has(&agent->loaded, life->module);
	if (!life->is_present)
		return judge_absent(agent, life, err);
	if (life->state == LIFE_PROBATION)
		return judge_probation(agent, life, err);
	return 0;
}

int judge_lives(struct agent *agent, struct error *err)
{
	for (size_t i = 0; i < agent->lives.count; i++)
		if (judge_life(agent, &agent->lives.items[i], err) < 0)
			return -1;
	return 0;
}

unsigned judge_probation_left(const struct agent *agent)
{
	int64_t wanted = 60 * (int64_t)config_number(&agent->config, CONFIG_PROBATION) * SECOND;

	for (size_t i = 0; i < agent->lives.count; i++) {
		const struct life *life = &agent->lives.items[i];
		int64_t left = wanted - (agent->uptime - life->uptime);

		if (life->state == LIFE_PROBATION && is_of_this_boot(agent, life))
			return left > 0 ? (unsigned)(left / SECOND) + 1 : 1;
	}
	return 0;
}
