// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/report_make.h"

#include <string.h>

#include "agent/last.h"
#include "agent/place.h"
#include "agent/report.h"
#include "repo/moment.h"
#include "repo/trust.h"

static bool is_for_this_kernel(const struct agent *agent, const struct life *life)
{
	const char *build_id = agent->machine.kernel.build_id;

	return build_id && !strcmp(life->build_id, build_id);
}

/* One that the machine went down with or the kernel had trouble with, and that nothing replaced. */
static const struct life *find_bad(const struct agent *agent)
{
	for (size_t i = 0; i < agent->lives.count; i++) {
		const struct life *life = &agent->lives.items[i];

		if (is_for_this_kernel(agent, life) && life->is_offered &&
		    (life->state == LIFE_CRASHED || life->state == LIFE_TAKEN_BACK))
			return life;
	}
	return NULL;
}

static void set_problem(json_value *into, const char *reason)
{
	json_set_text(into, "state", "problem");
	json_set_text(into, "reason", reason);
}

static void write_protection(const struct agent *agent, const struct choice *choice,
			     json_value *into)
{
	const struct life *life = choice->wanted && choice->wanted->is_present ? choice->wanted :
				  choice->current && choice->current->is_present ? choice->current :
				  NULL;
	const struct life *bad = find_bad(agent);

	json_set_text(into, "state", !life ? "none" :
		      life->state == LIFE_TRANSITIONING ? "transition" : "ok");
	json_set_text(into, "reason", life ? life->reason : NULL);
	if (agent->failure.code != ERROR_NONE)
		set_problem(into, agent->failure.msg);
	else if (bad && (!life || bad->level > life->level))
		set_problem(into, bad->reason);
	json_set_int(into, "level", life ? life->level : 0);
	json_set_text(into, "name", life ? life->name : NULL);
	json_set_text(into, "patch", life ? life->sha256 : NULL);
	json_set_text(into, "module", life ? life->module : NULL);
	json_set_int(into, "since", life ? life->applied : 0);
	json_set_bool(into, "committed", life && life->state == LIFE_COMMITTED);

	json_value *cves = json_set_array(into, "cves");

	for (size_t i = 0; life && i < life->cves.count; i++)
		json_add_text(cves, life->cves.items[i]);
}

static const char *freshness_state(const struct agent *agent, const struct freshness *freshness)
{
	if (!config_text(&agent->config, CONFIG_REPO) && !freshness->root_version)
		return "off";
	if (agent->admission.code == ERROR_STALE)
		return "stale";
	if (agent->admission.code == ERROR_VERIFY)
		return "problem";
	if (!freshness->checked)
		return "never";
	return freshness->expires <= agent->now ? "stale" : "ok";
}

static void write_freshness(const struct agent *agent, const struct last *last, json_value *into)
{
	auto_free char *folder = place_path(agent->options->root, PLACE_TRUST);
	struct freshness freshness = { 0 };
	struct error ignored;

	trust_freshness(folder, &freshness, &ignored); /* nothing trusted yet: all zero */
	json_set_text(into, "state", freshness_state(agent, &freshness));
	json_set_int(into, "checked", last_heard(last, freshness.heard, freshness.version,
						 freshness.expires, agent->now));
	json_set_int(into, "heard", freshness.heard);
	json_set_int(into, "verified", freshness.checked);
	json_set_int(into, "expires", freshness.expires);
	json_set_text(into, "reason",
		      agent->admission.code == ERROR_NONE ? NULL : agent->admission.msg);
}

static void write_coverage(const struct agent *agent, json_value *into)
{
	const char *build_id = agent->machine.kernel.build_id;
	const struct life *newest = life_newest(&agent->lives, build_id, true);
	/* That all of them were taken back ends no service. */
	const struct life *known = newest ? newest : life_newest(&agent->lives, build_id, false);
	bool is_served = newest || agent->is_served;
	int64_t until = is_served && known ? known->served_until : 0;

	json_set_text(into, "state", until && until <= agent->now ? "ended" : is_served ? "ok" :
		      agent->is_admitted ? "none" : "unknown");
	json_set_int(into, "newest", newest ? newest->level : 0);
	json_set_int(into, "until", until);
}

static void write_update(const struct life *life, json_value *report)
{
	json_value *into;

	if (!life) {
		json_set_text(report, "update", NULL);
		return;
	}
	into = json_set_object(report, "update");
	json_set_int(into, "level", life->level);
	json_set_text(into, "name", life->name);
	json_set_text(into, "patch", life->sha256);
	json_set_text(into, "state", life_state_slug(life->state));
	json_set_text(into, "reason", life->reason);
}

static bool is_in(const struct life *life, const char *cve)
{
	return life && text_list_has(&life->cves, cve);
}

/* What the newest offer fixes and what is in force does not: the price of holding back. */
static void write_debt(const struct agent *agent, const struct choice *choice, json_value *into)
{
	const struct life *applied = choice->wanted && choice->wanted->is_present ?
					     choice->wanted : NULL;
	auto_text_list struct text_list said = { 0 };

	for (size_t i = 0; i < agent->lives.count; i++) {
		const struct life *life = &agent->lives.items[i];

		if (!is_for_this_kernel(agent, life) ||
		    (!life->is_offered && !life->attempt.was_committed && life->state != LIFE_REVOKED))
			continue;
		for (size_t j = 0; j < life->cves.count; j++) {
			const char *cve = life->cves.items[j];

			if (is_in(applied, cve) || text_list_has(&said, cve))
				continue;
			text_list_add(&said, cve);
			json_add_text(into, cve);
		}
	}
}

static void write_head(const struct agent *agent, const struct error *outcome, json_value *report)
{
	auto_free char *machine_id = machine_identity(agent->options->root);
	json_value *kernel, *run;

	json_set_int(report, "schema", REPORT_SCHEMA);
	json_set_int(report, "time", agent->now);
	json_set_text(report, "machine_id", machine_id);
	json_set_text(report, "boot_id", agent->machine.boot_id);
	kernel = json_set_object(report, "kernel");
	json_set_text(kernel, "release", agent->machine.kernel.release);
	json_set_text(kernel, "build_id", agent->machine.kernel.build_id);
	json_set_text(report, "mode", agent->mode.name);
	json_set_text(report, "ring", agent->ring);
	run = json_set_object(report, "run");
	json_set_text(run, "outcome", error_slug(outcome->code));
	json_set_text(run, "message", outcome->code == ERROR_NONE ? NULL : outcome->msg);
}

json_value *report_make(const struct agent *agent, const struct choice *choice,
			const struct error *outcome)
{
	json_value *report = json_new_object();
	auto_last struct last last = { 0 };
	struct error ignored;
	bool has_last = last_read(agent->options->root, &last, &ignored) == 0;

	write_head(agent, outcome, report);
	write_protection(agent, choice, json_set_object(report, "protection"));
	write_freshness(agent, &last, json_set_object(report, "freshness"));
	write_coverage(agent, json_set_object(report, "coverage"));
	write_update(choose_update(agent, choice), report);
	write_debt(agent, choice, json_set_array(report, "debt"));
	policy_report(&agent->policy, json_set_object(report, "policy"));
	if (has_last)
		last_report(&last, json_set_object(report, "fetch"));

	json_value *patches = json_set_array(report, "patches");

	for (size_t i = 0; i < agent->lives.count; i++)
		life_report(&agent->lives.items[i], json_add_object(patches));
	return report;
}
