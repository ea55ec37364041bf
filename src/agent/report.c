// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/report.h"

#include <stdio.h>
#include <string.h>

#include "agent/place.h"
#include "base/memory.h"
#include "base/text.h"

int report_read(const char *root, json_value **ret_report, struct error *err)
{
	auto_free char *path = place_path(root, PLACE_STATUS);
	auto_json json_value *report = NULL;

	if (state_read(path, REPORT_LIMIT, &report, err) < 0)
		return -1;
	if (json_get_int(report, "schema", 0) != REPORT_SCHEMA)
		return error_set(err, ERROR_INVALID, "%s: a report of schema %d is wanted", path,
				 REPORT_SCHEMA);
	*ret_report = steal_ptr(report);
	return 0;
}

static const char *axis(const json_value *report, const char *name)
{
	return json_get_text(json_get(report, name), "state", "unknown");
}

/* What the fetcher could not verify never comes to the agent, which goes on with what it has: that is not
 * out of date yet, and not well either. 'suture status' says the same of it. */
static const char *freshness_of(const json_value *report)
{
	const char *fetched = json_get_text(json_get(report, "fetch"), "outcome", "");

	return strcmp(fetched, error_slug(ERROR_VERIFY)) ? axis(report, "freshness") : "problem";
}

bool report_is_broken(const json_value *report)
{
	static const enum error_code said[] = {
		ERROR_NONE,   ERROR_NOTHING, ERROR_UPDATE,     ERROR_REBOOT,	ERROR_APPLY,
		ERROR_STALE,  ERROR_VERIFY,  ERROR_POLICY,     ERROR_TRANSITION, ERROR_UNSUPPORTED,
		ERROR_TEMPORARY, ERROR_NOT_FOUND, ERROR_INTERRUPTED,
	};
	const char *outcome = json_get_text(json_get(report, "run"), "outcome", "");

	for (size_t i = 0; i < ARRAY_SIZE(said); i++)
		if (!strcmp(outcome, error_slug(said[i])))
			return false;
	return *outcome;
}

static char *motd_text(const json_value *report)
{
	const json_value *protection = json_get(report, "protection");
	const json_value *update = json_get(report, "update");
	auto_buffer struct buffer text = BUFFER_INIT;
	int64_t level = json_get_int(protection, "level", 0);
	size_t cves = json_count(json_get(protection, "cves"));

	if (level)
		buffer_printf(&text, "Livepatch: level %jd (%s), %zu CVE%s fixed without a reboot.\n",
			      (intmax_t)level, json_get_text(protection, "name", ""), cves,
			      cves == 1 ? "" : "s");
	if (report_is_broken(report))
		buffer_printf(&text, "Livepatch: BROKEN: %s\n",
			      json_get_text(json_get(report, "run"), "message",
					    "see 'suture status'"));
	if (!strcmp(axis(report, "protection"), "problem"))
		buffer_printf(&text, "Livepatch: PROBLEM: %s\n",
			      json_get_text(protection, "reason", "see 'suture status'"));
	if (!strcmp(axis(report, "freshness"), "stale"))
		buffer_add_text(&text, "Livepatch: what is known is out of date; see 'suture "
				"status'.\n");
	if (!strcmp(freshness_of(report), "problem"))
		buffer_add_text(&text, "Livepatch: what the repository says failed to verify; see 'suture "
				"status'.\n");
	if (!strcmp(axis(report, "coverage"), "ended"))
		buffer_add_text(&text, "Livepatch: this kernel is no longer served: boot a newer one.\n");
	if (json_is_object(update))
		buffer_printf(&text, "Livepatch: level %jd is available and not applied: %s.\n",
			      (intmax_t)json_get_int(update, "level", 0),
			      json_get_text(update, "reason", "see 'suture status'"));
	/* It is shown at every login: nothing in it may reach the terminal as more than words. */
	return text_printable(buffer_text(&text), true);
}

static void add_metric(struct buffer *text, const char *name, const char *help, int64_t value)
{
	buffer_printf(text, "# HELP suture_%s %s\n# TYPE suture_%s gauge\nsuture_%s %jd\n", name,
		      help, name, name, (intmax_t)value);
}

/* One series for each state, 1 for the present one: what alert rules can be written for. */
static void add_axis(struct buffer *text, const char *present, const char *name,
		     const char *const *states)
{
	buffer_printf(text, "# HELP suture_%s The %s axis of suture status.\n"
		      "# TYPE suture_%s gauge\n", name, name, name);
	for (; *states; states++)
		buffer_printf(text, "suture_%s{state=\"%s\"} %d\n", name, *states,
			      !strcmp(present, *states));
}

static char *metrics_text(const json_value *report)
{
	static const char *const protections[] = { "ok", "none", "transition", "problem", NULL };
	static const char *const freshnesses[] = { "ok", "stale", "never", "off", "problem", NULL };
	static const char *const coverages[] = { "ok", "none", "ended", "unknown", NULL };
	const json_value *protection = json_get(report, "protection");
	const json_value *freshness = json_get(report, "freshness");
	auto_buffer struct buffer text = BUFFER_INIT;

	add_axis(&text, axis(report, "protection"), "protection", protections);
	add_axis(&text, freshness_of(report), "freshness", freshnesses);
	add_axis(&text, axis(report, "coverage"), "coverage", coverages);
	add_metric(&text, "level", "Level of the patch in force, 0 for none.",
		   json_get_int(protection, "level", 0));
	add_metric(&text, "cves_fixed", "CVEs fixed by the patch in force.",
		   (int64_t)json_count(json_get(protection, "cves")));
	add_metric(&text, "cves_open", "CVEs open here that a patch in the repository fixes, one taken back included.",
		   (int64_t)json_count(json_get(report, "debt")));
	add_metric(&text, "checked_seconds", "When the repository last answered, by the fetcher's word as far as "
		   "a valid signature bears it out.", json_get_int(freshness, "checked", 0));
	add_metric(&text, "heard_seconds", "When the last new signed answer was verified.",
		   json_get_int(freshness, "heard", 0));
	add_metric(&text, "expires_seconds", "Until when the metadata is valid.",
		   json_get_int(freshness, "expires", 0));
	add_metric(&text, "served_until_seconds", "Until when this kernel is served, 0 if not said.",
		   json_get_int(json_get(report, "coverage"), "until", 0));
	add_metric(&text, "agent_broken", "1 if the agent's last run failed as a whole.",
		   report_is_broken(report));
	add_metric(&text, "report_seconds", "Time of the agent's last run.",
		   json_get_int(report, "time", 0));
	return buffer_steal_text(&text);
}

int report_publish(const char *root, const json_value *report, struct error *err)
{
	auto_free char *status = place_path(root, PLACE_STATUS);
	auto_free char *motd = place_path(root, PLACE_MOTD);
	auto_free char *metrics = place_path(root, PLACE_METRICS);
	auto_free char *motd_words = motd_text(report);
	auto_free char *metric_words = metrics_text(report);

	if (state_write_text(motd, motd_words, 0644, err) < 0 ||
	    state_write_text(metrics, metric_words, 0644, err) < 0)
		return -1;
	return state_write(status, report, 0644, err);
}
