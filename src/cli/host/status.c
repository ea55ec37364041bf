// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/show.h"
#include "cli/host/verdict.h"

static void print_axis(const char *axis, const char *state, const char *text)
{
	printf("%-11s %-11s %s\n", axis, state, text ? text : "");
}

static void print_protection(const struct view *view)
{
	const struct standing_patch *patch = &view->standing.in_force;
	auto_free char *span = span_text(view->now - patch->since);
	auto_free char *since = patch->since ? xasprintf(", since %s", span) : xstrdup("");
	auto_free char *text = NULL;

	if (view->status.protection == PROTECTION_OK && patch->level)
		text = xasprintf("level %jd (%s), %zu CVE%s fixed live%s%s",
				 (intmax_t)patch->level, patch->name, patch->cves.count,
				 patch->cves.count == 1 ? "" : "s", since,
				 patch->is_committed ? "" : ", on probation");
	else if (view->status.protection == PROTECTION_OK)
		text = xasprintf("%s; %s", view->status.reason, view->standing.broken ?
				 "whether one of them is a published patch is not known" :
				 "none of them is a published patch");
	print_axis("protection", protection_slug(view->status.protection),
		   text ? text : view->status.reason);
}

static void print_freshness(const struct view *view)
{
	const struct standing *standing = &view->standing;
	auto_free char *ago = span_text(view->now - standing->checked);
	auto_free char *left = span_text(standing->expires - view->now);
	auto_free char *over = span_text(view->now - standing->expires);
	const char *why = standing->freshness_reason;
	auto_free char *text = NULL;

	if (standing->freshness == FRESHNESS_OK)
		text = xasprintf("checked %s ago, metadata valid %s%s%s", ago, left,
				 why ? "; " : "", why ? why : "");
	else if (standing->freshness == FRESHNESS_STALE && standing->expires <= view->now)
		text = xasprintf("checked %s ago, metadata expired %s ago; what is loaded stays "
				 "loaded%s%s", ago, over, why ? "; " : "", why ? why : "");
	else if (standing->freshness == FRESHNESS_NEVER)
		text = xasprintf("nothing was verified yet%s%s", why ? "; " : "", why ? why : "");
	print_axis("freshness", freshness_slug(standing->freshness), text ? text : why);
}

static void print_coverage(const struct view *view)
{
	const struct standing *standing = &view->standing;
	time_t until = (time_t)standing->served_until;
	struct tm parts;
	char day[16] = "";
	auto_free char *text = NULL;

	if (until && gmtime_r(&until, &parts))
		strftime(day, sizeof(day), "%Y-%m-%d", &parts);
	if (standing->coverage == COVERAGE_OK)
		text = standing->newest ?
			       xasprintf("kernel served%s%s, newest level %jd",
					 *day ? " until " : "", day, (intmax_t)standing->newest) :
			       xasprintf("kernel served%s%s, no patch yet", *day ? " until " : "",
					 day);
	print_axis("coverage", coverage_slug(standing->coverage),
		   text ? text : standing->coverage_reason);
}

static void print_notes(const struct view *view)
{
	const struct standing *standing = &view->standing;
	const struct standing_patch *update = &standing->update, *bad = &standing->crashed;
	const struct standing_patch *patch = &standing->in_force;

	if (patch->level && patch->reason)
		printf("caution     level %jd (%s): %s\n", (intmax_t)patch->level, patch->name,
		       patch->reason);
	if (update->level)
		printf("update      level %jd (%s) is available: %s\n", (intmax_t)update->level,
		       update->name,
		       standing->held ? standing->held : "not applied yet; 'suture update' does");
	if (bad->level)
		printf("trouble     level %jd (%s) is %s%s%s\n", (intmax_t)bad->level, bad->name,
		       bad->state, bad->reason ? ": " : "", bad->reason ? bad->reason : "");
	for (size_t i = 0; i < standing->disagreements.count; i++)
		printf("disagree    %s\n", standing->disagreements.items[i]);
	if (standing->broken)
		printf("%s%s\n", standing->is_broken ? "BROKEN      " : "unreadable  ",
		       standing->broken);
	if (view->records.remark)
		printf("unreadable  %s\n", view->records.remark);
	if (strcmp(standing->mode, "normal") != 0)
		printf("mode        %s, from %s\n", standing->mode,
		       view->records.mode.from_kernel ? "the kernel's command line" :
							"suture.conf");
}

static void print_kernel(const struct status *status)
{
	printf("kernel      %s", status->kernel.release ? status->kernel.release : "unknown");
	if (status->kernel.build_id)
		printf(", build-id %s", status->kernel.build_id);
	printf("\ntaint       %s\n", status->taint_text);
	if (status->ftrace_enabled == 0)
		puts("ftrace      off: nothing can be redirected (kernel.ftrace_enabled=0)");
	if (status->tasks_left >= 0)
		printf("transition  %lld task%s left; 'suture blocking' names them\n",
		       (long long)status->tasks_left, status->tasks_left == 1 ? "" : "s");
}

static void print_list(const char *label, const struct text_list *list)
{
	printf("%-11s", label);
	for (size_t i = 0; i < list->count; i++)
		printf(" %s", list->items[i]);
	puts(list->count ? "" : " none known");
}

/* Of times that others have written down. */
static void print_ago(const char *label, int64_t now, int64_t then, const char *never)
{
	auto_free char *span = span_text(then > 0 && then <= now ? now - then : 0);

	if (then <= 0)
		printf("%-11s %s\n", label, never);
	else if (then > now)
		printf("%-11s at a time that is still to come: a clock was wrong\n", label);
	else
		printf("%-11s %s ago\n", label, span);
}

/* --verbose: what is behind the three lines. */
static void print_records(const struct view *view)
{
	const struct records *records = &view->records;
	const struct standing *standing = &view->standing;
	const char *repo = config_text(&records->config, CONFIG_REPO);

	print_list("fixed live", &standing->in_force.cves);
	print_list("open", &standing->open);
	printf("machine     %s\n", standing->machine_id ? standing->machine_id : "not enrolled");
	printf("repository  %s%s%s\n", repo ? repo : "none", standing->ring ? ", ring " : "",
	       standing->ring ? standing->ring : "");
	print_ago("last news", view->now, standing->heard, "none yet");
	print_ago("agent", view->now, json_get_int(records->report, "time", 0),
		  "has not run since the boot");
	print_ago("fetcher", view->now, records->last.tried, "has never run");
}

static void print_status(const struct args *args, const struct view *view)
{
	print_protection(view);
	print_freshness(view);
	print_coverage(view);
	print_notes(view);
	print_kernel(&view->status);
	if (args_has(args, "verbose"))
		print_records(view);
	for (size_t i = 0; i < view->status.patches.count; i++) {
		putchar('\n');
		show_livepatch(stdout, &view->status.patches.items[i]);
	}
}

static int open_view(const struct args *args, struct view *view, struct error *err)
{
	uint64_t seconds;

	if (args_number(args, "for", 1, 1, 3600, &seconds, err) < 0)
		return -1;
	if (!args_has(args, "verify") && !args_has(args, "for"))
		seconds = 0;
	if (view_open(args, (unsigned)seconds, view, err) < 0)
		return -1;
	progress_step(args->progress, 0, 0, "%s", ""); /* wipes the line */
	return 0;
}

int command_status(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };

	if (open_view(args, &view, err) < 0) {
		if (!args_has(args, "nagios"))
			return -1;
		printf("SUTURE UNKNOWN - %s\n", err->msg);
		return nagios_status(ERROR_NOTHING);
	}
	if (args_has(args, "nagios")) {
		nagios_print(&view);
		return nagios_status(verdict_of(&view));
	}
	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		status_write(&view.status, value);
		standing_write(&view.standing, value);
		print_json(value);
	} else {
		print_status(args, &view);
	}
	return error_exit_status(verdict_of(&view));
}
