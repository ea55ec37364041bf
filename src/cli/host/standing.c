// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/host/standing.h"

#include <string.h>

#include "agent/credential.h"
#include "agent/place.h"
#include "agent/report.h"
#include "agent/state_text.h"
#include "base/file.h"
#include "base/memory.h"
#include "model/manifest.h"
#include "repo/trust.h"
#include "runtime/modinfo.h"

#define WORDS_LIMIT 400

enum match { MATCH_NO, MATCH_NAME, MATCH_SURE };

/* Is the module in the kernel the one of the record? Names are anybody's; the build-id is not. */
static enum match match_module(const struct records *records, const struct life *life,
			       const struct livepatch *patch, char **ret_build_id)
{
	auto_free char *path = life_module_path(records->root, life);
	auto_buffer struct buffer data = BUFFER_INIT;
	auto_modinfo struct modinfo info = { 0 };
	struct error ignored;

	*ret_build_id = NULL;
	if (!patch->build_id || file_read(path, MODINFO_FILE_LIMIT, &data, &ignored) < 0 ||
	    modinfo_parse(data.data, data.size, &info, &ignored) < 0 || !info.build_id)
		return MATCH_NAME;
	*ret_build_id = steal_ptr(info.build_id);
	return strcmp(*ret_build_id, patch->build_id) ? MATCH_NO : MATCH_SURE;
}

static void copy_cves(struct text_list *into, const struct text_list *from)
{
	for (size_t i = 0; i < from->count; i++)
		if (is_cve_id(from->items[i]) && !text_list_has(into, from->items[i]))
			text_list_add(into, from->items[i]);
}

static void take_patch(struct standing_patch *into, const struct life *life)
{
	standing_patch_clear(into);
	into->id = xstrdup(life->sha256);
	into->name = xstrdup(life->name);
	into->module = xstrdup(life->module);
	into->state = xstrdup(life_state_slug(life->state));
	into->reason = life->reason ? xstrdup(life->reason) : NULL;
	into->level = life->level;
	into->since = life->applied;
	into->is_committed = life->state == LIFE_COMMITTED;
	copy_cves(&into->cves, &life->cves);
}

static bool is_recorded_applied(const struct life *life, const struct status *status)
{
	return is_for_kernel(life, status) && life_is_applied(life, status->boot_id);
}

static void say_other_module(struct standing *standing, const struct life *life,
			     const struct livepatch *patch, const char *build_id)
{
	text_list_printf(&standing->disagreements,
			 "the kernel runs a module %s that is not the published level %jd: its "
			 "build-id is %.40s, and that of the published one %.40s", patch->name,
			 (intmax_t)life->level, patch->build_id, build_id);
}

/* The published patch that is in force: loaded, the same module, and the best known of its name. */
static void find_in_force(const struct records *records, const struct status *status,
			  struct standing *standing)
{
	enum match best = MATCH_NO;

	for (size_t i = 0; i < records->lives.count; i++) {
		const struct life *life = &records->lives.items[i];
		const struct livepatch *patch = livepatch_find(&status->patches, life->module);
		auto_free char *build_id = NULL;

		if (!is_for_kernel(life, status) || !patch || patch->state != LIVEPATCH_APPLIED)
			continue;

		enum match match = match_module(records, life, patch, &build_id);
		bool is_recorded = is_recorded_applied(life, status);

		if (match == MATCH_NO && is_recorded)
			say_other_module(standing, life, patch, build_id);
		if (match == MATCH_NO || (match == MATCH_NAME && !is_recorded) || match < best ||
		    (match == best && standing->in_force.level))
			continue;
		best = match;
		take_patch(&standing->in_force, life);
		if (patch->since)
			standing->in_force.since = patch->since;
	}
}

/* Recorded as in force, and not what the kernel says. */
static void compare_records(const struct records *records, struct status *status,
			    struct standing *standing)
{
	const char *id = standing->in_force.id;

	for (size_t i = 0; i < records->lives.count; i++) {
		const struct life *life = &records->lives.items[i];
		const struct livepatch *patch = livepatch_find(&status->patches, life->module);
		bool is_it = id && !strcmp(id, life->sha256);

		if (is_it && !is_recorded_applied(life, status))
			text_list_printf(&standing->disagreements,
					 "the kernel runs level %jd (%s), which the records call %s",
					 (intmax_t)life->level, life->name,
					 life_state_slug(life->state));
		if (is_it || !is_recorded_applied(life, status) ||
		    (patch && livepatch_in_transition(patch)))
			continue;
		text_list_printf(&standing->disagreements,
				 "the records say that level %jd (%s) is in force, and the kernel "
				 "does not run it", (intmax_t)life->level, life->name);
		if (status->protection == PROTECTION_NONE || status->protection == PROTECTION_OK) {
			status->protection = PROTECTION_PROBLEM;
			free(status->reason);
			status->reason = xasprintf("level %jd (%s) should be in force and is not: "
						   "'suture update' applies it again",
						   (intmax_t)life->level, life->name);
		}
	}
}

static const char *held_by(const struct records *records, const struct status *status,
			   const struct life *life)
{
	const struct policy *policy = &records->policy;
	int64_t pin = policy_pin(policy, status->kernel.build_id);

	if (!records->mode.may_apply)
		return records->mode.from_kernel ?
			       "suture.mode on the kernel's command line says so" :
			       "the mode in suture.conf says so";
	if (text_list_has(&policy->blocked, life->module_sha256))
		return "it is blocked; 'suture unblock' lets it through";
	if (pin >= 0 && life->level > pin)
		return "this kernel is pinned to a lower level; 'suture unpin' lets it through";
	/* Waiting for a person is no holding back: the person was told, and says when. */
	if (!strcmp(config_text(&records->config, CONFIG_APPLY_HOW), "manual"))
		return NULL;
	if (life->state == LIFE_HELD)
		return life->reason ? life->reason : "held back";
	return NULL;
}

static bool is_bad(const struct life *life)
{
	return life->state == LIFE_CRASHED || life->state == LIFE_TAKEN_BACK ||
	       life->state == LIFE_FAILED;
}

/* The newest that is offered and above what is in force, and the newest that went wrong. */
static void find_update(const struct records *records, const struct status *status,
			struct standing *standing)
{
	for (size_t i = 0; i < records->lives.count; i++) {
		const struct life *life = &records->lives.items[i];
		const char *held;

		if (!is_for_kernel(life, status))
			continue;
		/* Blocking it says that one has seen it; so does its makers' taking it back. */
		if (is_bad(life) && life->is_offered && life->level > standing->in_force.level &&
		    life->level > standing->crashed.level &&
		    !text_list_has(&records->policy.blocked, life->module_sha256))
			take_patch(&standing->crashed, life);
		if (is_bad(life) || !life->is_offered || life->state == LIFE_REVOKED ||
		    life->level <= standing->in_force.level ||
		    life->level <= standing->update.level)
			continue;
		take_patch(&standing->update, life);
		held = held_by(records, status, life);
		free(standing->held);
		standing->held = held ? xstrdup(held) : NULL;
	}
}

/* What the newest published patch says of the kernel itself: what it has fixed on its own, and until
 * when it is served. */
static void read_newest(const struct records *records, const struct status *status,
			struct standing *standing)
{
	const struct life *newest = life_newest(&records->lives, status->kernel.build_id, true);
	auto_json json_value *custom = NULL;
	struct error ignored;

	if (!newest)
		return;
	standing->served_until = newest->served_until;
	if (life_read_custom(records->root, newest, &custom, &ignored) < 0)
		return;

	const json_value *cves = json_get(json_get(custom, "manifest"), "fixed_in_kernel");

	for (size_t i = 0; i < json_count(cves); i++)
		if (json_text(json_at(cves, i)) && is_cve_id(json_text(json_at(cves, i))))
			text_list_add(&standing->fixed_in_kernel, json_text(json_at(cves, i)));
}

/* A patch that is loaded and not effective fixes nothing. */
static bool is_fixed(const struct standing *standing, const struct status *status, const char *cve)
{
	return (status->protection == PROTECTION_OK &&
		text_list_has(&standing->in_force.cves, cve)) ||
	       text_list_has(&standing->fixed_in_kernel, cve);
}

static void find_open(const struct records *records, const struct status *status,
		      struct standing *standing)
{
	for (size_t i = 0; i < records->lives.count; i++) {
		const struct life *life = &records->lives.items[i];

		if (!is_for_kernel(life, status))
			continue;
		for (size_t k = 0; k < life->cves.count; k++)
			if (is_cve_id(life->cves.items[k]) &&
			    !is_fixed(standing, status, life->cves.items[k]) &&
			    !text_list_has(&standing->open, life->cves.items[k]))
				text_list_add(&standing->open, life->cves.items[k]);
	}
	text_list_sort(&standing->open);
}

static void set_freshness(struct standing *standing, enum freshness_state state, char *reason)
{
	free(standing->freshness_reason);
	standing->freshness = state;
	standing->freshness_reason = reason;
}

/* Times of what was verified last: the agent's store, or its report where only that may be read. */
static int read_times(const struct records *records, int64_t now, struct standing *standing,
		      struct error *err)
{
	const json_value *reported = json_get(records->report, "freshness");
	auto_free char *store = place_path(records->root, PLACE_TRUST);
	struct freshness freshness;

	if (trust_freshness(store, &freshness, err) == 0) {
		standing->checked = last_heard(&records->last, freshness.heard, freshness.version,
					       freshness.expires, now);
		standing->heard = freshness.heard;
		standing->verified = freshness.checked;
		standing->expires = freshness.expires;
		return 0;
	}
	if (!json_get_int(reported, "checked", 0))
		return -1;
	standing->checked = json_get_int(reported, "checked", 0);
	standing->heard = json_get_int(reported, "heard", 0);
	standing->verified = json_get_int(reported, "verified", 0);
	standing->expires = json_get_int(reported, "expires", 0);
	return 0;
}

static bool failed_to_verify(const struct records *records)
{
	const json_value *run = json_get(records->report, "run");

	const char *fetched = records->last.outcome;

	return !strcmp(json_get_text(run, "outcome", ""), error_slug(ERROR_VERIFY)) ||
	       (fetched && !strcmp(fetched, error_slug(ERROR_VERIFY))) ||
	       !strcmp(json_get_text(json_get(records->report, "freshness"), "state", ""),
		       "problem");
}

static char *last_failure(const struct records *records)
{
	const struct last *last = &records->last;

	if (!last->outcome || !*last->outcome || !strcmp(last->outcome, error_slug(ERROR_NONE)))
		return NULL;
	return xasprintf("the last try failed: %s", last->message ? last->message : last->outcome);
}

static char *verify_problem(const struct records *records)
{
	char *failure = state_text(json_get(records->report, "freshness"), "reason", WORDS_LIMIT);

	if (!failure)
		failure = state_text(json_get(records->report, "run"), "message", WORDS_LIMIT);
	if (!failure)
		failure = last_failure(records);
	return failure ? failure : xstrdup("what the repository says failed to verify");
}

static void conclude_freshness(const struct records *records, int64_t now,
			       struct standing *standing)
{
	struct error err = ERROR_INIT;

	if (!records->has_config)
		set_freshness(standing, FRESHNESS_UNKNOWN, xstrdup(records->problem));
	else if (!config_text(&records->config, CONFIG_REPO))
		set_freshness(standing, FRESHNESS_OFF,
			      xstrdup("no repository is enabled; 'suture enable' does"));
	else if (read_times(records, now, standing, &err) < 0 && err.code != ERROR_NOT_FOUND)
		set_freshness(standing, FRESHNESS_UNKNOWN, xstrdup(err.msg));
	else if (failed_to_verify(records))
		set_freshness(standing, FRESHNESS_PROBLEM, verify_problem(records));
	else if (!standing->checked)
		set_freshness(standing, FRESHNESS_NEVER, last_failure(records));
	else if (standing->expires <= now)
		set_freshness(standing, FRESHNESS_STALE, last_failure(records));
	else if (standing->checked > now || standing->verified > now)
		set_freshness(standing, FRESHNESS_STALE,
			      xstrdup("the clock runs behind the last check"));
	else
		set_freshness(standing, FRESHNESS_OK, last_failure(records));
}

static void set_coverage(struct standing *standing, enum coverage_state state, const char *reason)
{
	standing->coverage = state;
	standing->coverage_reason = reason ? xstrdup(reason) : NULL;
}

/* What the agent's last run found, if that was for this kernel. True: it is served. */
static bool read_coverage(const struct records *records, const struct status *status,
			  struct standing *standing)
{
	bool is_served = false;
	const json_value *coverage = json_get(records->report, "coverage");
	const char *build_id = json_get_text(json_get(records->report, "kernel"), "build_id", "");

	if (status->kernel.build_id && !strcmp(build_id, status->kernel.build_id)) {
		standing->newest = json_get_int(coverage, "newest", 0);
		if (!standing->served_until)
			standing->served_until = json_get_int(coverage, "until", 0);
		is_served = !strcmp(json_get_text(coverage, "state", ""), "ok");
	}
	for (size_t i = 0; i < records->lives.count; i++) {
		const struct life *life = &records->lives.items[i];

		if (is_for_kernel(life, status) && life->is_offered &&
		    life->level > standing->newest)
			standing->newest = life->level;
	}
	return is_served || standing->newest;
}

static void conclude_coverage(const struct records *records, const struct status *status,
			      int64_t now, struct standing *standing)
{
	bool is_served = read_coverage(records, status, standing);

	if (standing->freshness == FRESHNESS_OFF)
		set_coverage(standing, COVERAGE_UNKNOWN, "no repository is enabled");
	else if (!status->kernel.build_id)
		set_coverage(standing, COVERAGE_UNKNOWN, "the kernel tells no build-id");
	else if (standing->served_until && standing->served_until <= now)
		set_coverage(standing, COVERAGE_ENDED,
			     "this kernel is no longer served: boot a newer one");
	else if (is_served)
		set_coverage(standing, COVERAGE_OK, NULL);
	else if (!standing->checked || !records->has_lives)
		set_coverage(standing, COVERAGE_UNKNOWN, "nothing was verified yet");
	else
		set_coverage(standing, COVERAGE_NONE,
			     "the repository has nothing for this build of the kernel");
}

static void find_broken(const struct records *records, struct standing *standing)
{
	const json_value *run = json_get(records->report, "run");

	if (records->problem) {
		standing->broken = xstrdup(records->problem);
		standing->is_broken = records->problem_code != ERROR_PERMISSION;
	} else if (report_is_broken(records->report)) {
		auto_free char *words = state_text(run, "message", WORDS_LIMIT);

		standing->broken = xasprintf("the agent's last run failed: %s",
					     words ? words : "it does not say why");
		standing->is_broken = true;
	}
}

static void find_names(const struct records *records, struct standing *standing)
{
	const char *ring = config_text(&records->config, CONFIG_RING_NAME);
	auto_credential struct credential credential = { 0 };
	struct error ignored;

	standing->mode = xstrdup(records->mode.name);
	standing->ring = ring ? xstrdup(ring) : state_text(records->report, "ring", WORDS_LIMIT);
	standing->machine_id = state_text(records->report, "machine_id", WORDS_LIMIT);
	if (!standing->machine_id && credential_read(records->root, &credential, &ignored) == 0)
		standing->machine_id = xstrdup(credential.machine_id);
}

void standing_conclude(const struct records *records, struct status *status, int64_t now,
		       struct standing *ret_standing)
{
	*ret_standing = (struct standing){ 0 };
	find_in_force(records, status, ret_standing);
	compare_records(records, status, ret_standing);
	find_update(records, status, ret_standing);
	read_newest(records, status, ret_standing);
	find_open(records, status, ret_standing);
	conclude_freshness(records, now, ret_standing);
	conclude_coverage(records, status, now, ret_standing);
	find_broken(records, ret_standing);
	find_names(records, ret_standing);
}
