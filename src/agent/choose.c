// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/choose.h"

#include <string.h>

#include "base/file.h"

#define FAILURES_MOST 5
#define HOUR INT64_C(3600)

static bool is_for_this_kernel(const struct agent *agent, const struct life *life)
{
	const char *build_id = agent->machine.kernel.build_id;

	return build_id && !strcmp(life->build_id, build_id);
}

/* Why it must not be in force; NULL: it may. */
static const char *why_not_in_force(const struct agent *agent, const struct life *life)
{
	int64_t pin = policy_pin(&agent->policy, life->build_id);

	if (life->state == LIFE_REVOKED)
		return "it was revoked";
	if (life->state == LIFE_TAKEN_BACK)
		return "the kernel had trouble with it";
	if (life->state == LIFE_CRASHED)
		return "the machine went down with it";
	if (text_list_has(&agent->policy.blocked, life->module_sha256))
		return "it is blocked; see 'suture unblock'";
	if (pin >= 0 && life->level > pin)
		return "it is above the pinned level; see 'suture unpin'";
	return NULL;
}

/* A cumulative patch takes the place of every other, also of those that somebody else loaded. */
static bool has_strangers(const struct agent *agent)
{
	for (size_t i = 0; i < agent->loaded.count; i++) {
		bool is_ours = false;

		for (size_t j = 0; j < agent->lives.count; j++)
			is_ours |= agent->lives.items[j].is_present &&
				   !strcmp(agent->lives.items[j].module, agent->loaded.items[i]);
		if (!is_ours)
			return true;
	}
	return false;
}

/* Policy about the time is for what is new. What was in force for long and comes back, because what
 * replaced it may not stay, does not wait: the machine would be without any. */
static bool is_way_back(const struct life *life, const struct choice *choice)
{
	return life->attempt.was_committed && choice->against;
}

/* Why it is not to be loaded by itself now. A person may do all of these. */
static const char *why_not_unasked(const struct agent *agent, const struct choice *choice,
				   const struct life *life)
{
	int64_t delay = (int64_t)agent->policy.delay_hours * HOUR;

	if (agent->options->by_hand)
		return NULL;
	if (!life->attempt.was_committed && agent->now - life->first_seen < delay)
		return "it is too new for the delay; 'suture unpin' ends that, 'suture update' applies it";
	if (life->is_left_off)
		return "somebody took it off; 'suture update' applies it again";
	if (life->failures >= FAILURES_MOST)
		return "it failed too often in this boot; 'suture update' tries again";
	if (agent->options->at_boot || is_way_back(life, choice))
		return NULL;
	if (!life->attempt.was_committed && has_strangers(agent))
		return "it would replace a livepatch that is not suture's; 'suture update' applies it";
	if (!strcmp(config_text(&agent->config, CONFIG_APPLY_HOW), "manual"))
		return "apply = manual; 'suture update' applies it";
	if (!config_in_window(&agent->config, agent->now))
		return "outside of the hours in which patches are applied";
	return NULL;
}

static const char *why_not_load(const struct agent *agent, const struct choice *choice,
				const struct life *life)
{
	if (!agent->mode.may_apply)
		return "suture.mode says that nothing is applied";
	if (!life->attempt.was_committed) {
		if (agent->options->at_boot)
			return "at boot only what was committed once is applied";
		if (!agent->is_admitted || !life->is_offered)
			return "what is known of it is out of date or not verified";
		/* The server's word is not signed, and comes by way of the fetcher: it can keep a new patch
		 * away and take none off. */
		if (agent->advice.pin >= 0 && life->level > agent->advice.pin)
			return "the server holds it back";
	}
	if (life->hold)
		return life->hold;
	return why_not_unasked(agent, choice, life);
}

static bool has_bytes(const struct agent *agent, const struct life *life)
{
	auto_free char *path = life_module_path(agent->options->root, life);

	return life->state != LIFE_AVAILABLE && life->state != LIFE_DOWNLOADED && file_exists(path);
}

static bool is_better(const struct life *life, const struct life *than)
{
	return !than || life->level > than->level;
}

static struct life *find_current(struct agent *agent)
{
	struct life *found = NULL;

	for (size_t i = 0; i < agent->lives.count; i++)
		if (agent->lives.items[i].is_present &&
		    agent->lives.items[i].state != LIFE_FAILED &&
		    is_better(&agent->lives.items[i], found))
			found = &agent->lives.items[i];
	return found;
}

/* The kernel cannot have two modules of one name. */
static bool is_in_the_way(const struct life *current, const struct life *life)
{
	return current && current != life && !strcmp(current->module, life->module);
}

void choose_patch(struct agent *agent, struct choice *ret_choice)
{
	struct choice choice = { .current = find_current(agent) };

	if (choice.current) {
		choice.against = why_not_in_force(agent, choice.current);
		choice.wanted = choice.against ? NULL : choice.current;
	}
	for (size_t i = 0; i < agent->lives.count; i++) {
		struct life *life = &agent->lives.items[i];

		if (!is_for_this_kernel(agent, life) || life == choice.current)
			continue;
		if (is_in_the_way(choice.current, life))
			life->hold = "its module has the name of the one in force, and a kernel cannot have "
				     "both: 'suture rollback --none', 'suture unpin', 'suture update'";
		else
			life->hold = why_not_load(agent, &choice, life);
		if (!life->hold && has_bytes(agent, life) && !why_not_in_force(agent, life) &&
		    is_better(life, choice.wanted))
			choice.wanted = life;
	}
	*ret_choice = choice;
}

/* Why it waits, or NULL if it does not wait: not newer, not for us, or nothing is against it. */
static const char *why_held(const struct agent *agent, const struct choice *choice,
			    const struct life *life)
{
	const char *against;

	if (!is_for_this_kernel(agent, life) || life->is_present ||
	    life == choice->wanted || !is_better(life, choice->wanted))
		return NULL;
	if (life->state != LIFE_VERIFIED && life->state != LIFE_HELD &&
	    life->state != LIFE_AVAILABLE && life->state != LIFE_REPLACED)
		return NULL;
	if (!life->is_offered && !life->attempt.was_committed)
		return NULL;
	against = why_not_in_force(agent, life);
	return against ? against : life->hold;
}

int choose_note_held(struct agent *agent, const struct choice *choice, struct error *err)
{
	for (size_t i = 0; i < agent->lives.count; i++) {
		struct life *life = &agent->lives.items[i];
		const char *why = why_held(agent, choice, life);
		auto_free char *module = life_module_path(agent->options->root, life);
		bool is_noted = life->state == LIFE_HELD && life->reason && why &&
				!strcmp(life->reason, why);

		if (is_noted || (!why && life->state != LIFE_HELD))
			continue;
		life->state = why ? LIFE_HELD :
			      file_exists(module) ? LIFE_VERIFIED : LIFE_AVAILABLE;
		free(life->reason);
		life->reason = why ? xstrdup(why) : NULL;
		if (life_write(agent->options->root, life, err) < 0)
			return -1;
	}
	return 0;
}

const struct life *choose_update(const struct agent *agent, const struct choice *choice)
{
	const struct life *found = NULL;

	for (size_t i = 0; i < agent->lives.count; i++) {
		const struct life *life = &agent->lives.items[i];

		if (is_for_this_kernel(agent, life) && !life->is_present &&
		    (life->is_offered || life->state == LIFE_HELD) &&
		    (!choice->wanted || life->level > choice->wanted->level) &&
		    is_better(life, found))
			found = life;
	}
	return found;
}
