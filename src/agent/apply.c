// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/apply.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/history.h"
#include "agent/judge.h"
#include "agent/place.h"
#include "base/file.h"
#include "runtime/livepatch.h"
#include "runtime/modinfo.h"
#include "runtime/module.h"
#include "runtime/transition.h"

#define OTHERS_KEPT 64 /* records of kernels that do not run, for when one of them does again */
#define FINISH_MILLISECONDS 1000

const struct loader kernel_loader = { .load = livepatch_load_bytes, .unload = livepatch_unload };

static int set_state(const struct agent *agent, struct life *life, enum life_state state,
		     const char *reason, struct error *err)
{
	free(life->reason);
	life->reason = reason ? xstrdup(reason) : NULL;
	life->state = state;
	return life_write(agent->options->root, life, err);
}

static int tell(const struct agent *agent, const char *event, const struct life *life,
		const char *text, struct error *err)
{
	return history_add(agent->options->root, event, life, text, err);
}

/* The bytes, verified: what goes to the kernel are these very bytes, out of memory. */
static int read_bytes(const struct agent *agent, const struct life *life, struct buffer *bytes,
		      struct error *err)
{
	auto_free char *path = life_module_path(agent->options->root, life);
	char hex[DIGEST_HEX_SIZE];
	struct stat info;

	if (stat(path, &info) < 0)
		return error_errno(err, "cannot read %s", path);
	if (file_read(path, MODINFO_FILE_LIMIT, bytes, err) < 0)
		return -1;
	if (info.st_uid != geteuid() || info.st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, ERROR_VERIFY, "%s may be written to by others", path);
	digest_bytes(bytes->data, bytes->size, hex);
	if (strcmp(hex, life->sha256) != 0)
		return error_set(err, ERROR_VERIFY,
				 "%s is not the file that was verified (SHA-256 differs)", path);
	return 0;
}

/* The attempt record: synced before the kernel sees a byte. */
static int begin_attempt(struct agent *agent, struct life *life, struct error *err)
{
	attempt_begin(&life->attempt, agent->machine.boot_id, agent->machine.taint);
	life->uptime = agent->uptime;
	life->log_time = agent->options->root ? 0 : judge_log_end();
	life->is_left_off = false;
	return set_state(agent, life, LIFE_LOADING, NULL, err);
}

static int note_refusal(struct agent *agent, struct life *life, const struct error *why,
			struct error *err)
{
	if (agent->failure.code == ERROR_NONE)
		agent->failure = *why;
	if (agent->failure.code != ERROR_TRANSITION && agent->failure.code != ERROR_INTERRUPTED)
		agent->failure.code = ERROR_APPLY;
	/* Ctrl-C, or a shutdown: that says nothing against the patch. */
	if (why->code == ERROR_INTERRUPTED)
		return set_state(agent, life, LIFE_VERIFIED, why->msg, err);
	life->failures++;
	if (set_state(agent, life, LIFE_FAILED, why->msg, err) < 0)
		return -1;
	return tell(agent, "failed", life, why->msg, err);
}

/* Whatever else we had in force was replaced. */
static int note_replaced(struct agent *agent, const struct life *new, struct error *err)
{
	if (agent_look(agent, err) < 0)
		return -1;
	for (size_t i = 0; i < agent->lives.count; i++) {
		struct life *life = &agent->lives.items[i];

		if (life == new || !life->is_present ||
		    text_list_has(&agent->loaded, life->module))
			continue;
		life->is_present = false;
		if (!life_is_applied(life, agent->machine.boot_id))
			continue; /* revoked, taken back: stays so */
		if (set_state(agent, life, LIFE_REPLACED, NULL, err) < 0)
			return -1;
	}
	return 0;
}

/* A patch that is taken back goes on making trouble until the last task has left it. Its successor
 * is judged by what comes after that. */
static int begin_probation_anew(struct agent *agent, struct life *life, struct error *err)
{
	if (!agent->options->root)
		pause_milliseconds(FINISH_MILLISECONDS);
	if (agent_measure(agent, err) < 0)
		return -1;
	life->attempt.taint = agent->machine.taint;
	life->uptime = agent->uptime;
	life->log_time = agent->options->root ? 0 : judge_log_end();
	return 0;
}

static int load(struct agent *agent, struct life *life, const struct life *bad, struct error *err)
{
	unsigned wait = config_number(&agent->config, CONFIG_TRANSITION);
	auto_load_result struct load_result result = { 0 };
	auto_buffer struct buffer bytes = BUFFER_INIT;
	auto_free char *text = NULL;
	struct error why = ERROR_INIT;

	if (read_bytes(agent, life, &bytes, &why) < 0) {
		/* Which boot the failures are counted in. */
		attempt_begin(&life->attempt, agent->machine.boot_id, agent->machine.taint);
		return note_refusal(agent, life, &why, err);
	}
	if (begin_attempt(agent, life, err) < 0)
		return -1;
	if (agent->options->loader->load(&agent->sysroot, life->name, bytes.data, bytes.size, wait,
					 agent->options->progress, &result, &why) < 0)
		return note_refusal(agent, life, &why, err);
	life->is_present = true;
	life->failures = 0;
	life->applied = agent->now;
	text = xasprintf("transition complete after %.1f s", result.seconds);
	if (bad && bad->state == LIFE_TAKEN_BACK && begin_probation_anew(agent, life, err) < 0)
		return -1;
	if (set_state(agent, life, LIFE_PROBATION, attempt_caution(&life->attempt), err) < 0 ||
	    note_replaced(agent, life, err) < 0)
		return -1;
	return tell(agent, "applied", life, text, err);
}

static int unload(struct agent *agent, struct life *life, const char *against, struct error *err)
{
	unsigned wait = config_number(&agent->config, CONFIG_TRANSITION);
	auto_load_result struct load_result result = { 0 };
	struct error why = ERROR_INIT;

	if (agent->options->loader->unload(&agent->sysroot, life->module, wait,
					   agent->options->progress, &result, &why) < 0) {
		agent->failure = why;
		return tell(agent, "failed", life, why.msg, err);
	}
	life->is_present = false;
	if (life_is_applied(life, agent->machine.boot_id) &&
	    set_state(agent, life, LIFE_VERIFIED, NULL, err) < 0)
		return -1;
	return tell(agent, "removed", life, against, err);
}

/* What was replaced while an agent was killed: disabled, and its module still there. Its name is
 * wanted again one day. That it cannot be removed is no reason to fail. */
static void remove_leftovers(const struct agent *agent)
{
	for (size_t i = 0; i < agent->lives.count; i++) {
		const struct life *life = &agent->lives.items[i];
		auto_load_result struct load_result result = { 0 };
		auto_module struct module module = { 0 };
		struct error why;

		if (life->is_present || !attempt_is_of(&life->attempt, agent->machine.boot_id) ||
		    text_list_has(&agent->loaded, life->module) ||
		    !module_read(&agent->sysroot, life->module, &module) ||
		    !module_is_livepatch(&module))
			continue;
		if (agent->options->loader->unload(&agent->sysroot, life->module, 10,
						   agent->options->progress, &result, &why) < 0)
			progress_say(agent->options->progress, "%s", why.msg);
	}
}

static bool is_bad(const struct agent *agent, const struct life *life)
{
	return life->state == LIFE_REVOKED || life->state == LIFE_TAKEN_BACK ||
	       life->state == LIFE_CRASHED ||
	       text_list_has(&agent->policy.blocked, life->module_sha256);
}

int apply_choice(struct agent *agent, struct choice *choice, struct error *err)
{
	struct life *current = choice->current;

	if (choice->wanted && choice->wanted != current &&
	    load(agent, choice->wanted, current, err) < 0)
		return -1;
	/* What may not stay and was not replaced goes. Only a pin can wait: better above it than with
	 * nothing. */
	if (current && choice->against && current->is_present &&
	    (!choice->wanted || is_bad(agent, current)) &&
	    unload(agent, current, choice->against, err) < 0)
		return -1;
	if (choice->wanted && !choice->wanted->is_present)
		choice->wanted = current && current->is_present ? current : NULL;
	remove_leftovers(agent);
	return 0;
}

static bool is_worth_keeping(const struct agent *agent, const struct choice *choice,
			     const struct life *life)
{
	return life->is_present || life == choice->wanted || life->is_offered ||
	       life->attempt.was_committed || life->state == LIFE_CRASHED ||
	       life->state == LIFE_TAKEN_BACK || life->state == LIFE_REVOKED ||
	       text_list_has(&agent->policy.blocked, life->module_sha256);
}

/* What a killed writer left. Nobody else writes there, and we hold the lock. */
static int remove_half_written(const char *root, enum place place, struct error *err)
{
	auto_free char *folder = place_path(root, place);
	auto_text_list struct text_list names = { 0 };

	if (!is_directory(folder))
		return 0;
	if (directory_list(folder, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		auto_free char *path = path_join(folder, names.items[i]);

		if (strstr(names.items[i], ".tmp-"))
			unlink(path);
	}
	return 0;
}

static bool is_for_this_kernel(const struct agent *agent, const struct life *life)
{
	const char *build_id = agent->machine.kernel.build_id;

	return build_id && !strcmp(life->build_id, build_id);
}

/* How many records of other kernels have changed after this one. */
static size_t count_later(const struct agent *agent, const struct life *life)
{
	size_t count = 0;

	for (size_t i = 0; i < agent->lives.count; i++) {
		const struct life *other = &agent->lives.items[i];

		count += other != life && !is_for_this_kernel(agent, other) &&
			 (other->changed > life->changed ||
			  (other->changed == life->changed && other < life));
	}
	return count;
}

int apply_tidy(struct agent *agent, const struct choice *choice, struct error *err)
{
	for (size_t i = 0; i < agent->lives.count; i++) {
		const struct life *life = &agent->lives.items[i];
		auto_free char *module = life_module_path(agent->options->root, life);

		/* What the running kernel went down with is never forgotten: it would be loaded again. */
		if (is_worth_keeping(agent, choice, life) &&
		    (is_for_this_kernel(agent, life) || count_later(agent, life) < OTHERS_KEPT)) {
			if (life->state == LIFE_REVOKED && !life->is_present)
				unlink(module);
			continue;
		}
		if (!life->is_present && life_remove(agent->options->root, life, err) < 0)
			return -1;
	}
	if (remove_half_written(agent->options->root, PLACE_PATCHES, err) < 0)
		return -1;
	return remove_half_written(agent->options->root, PLACE_TRUST, err);
}
