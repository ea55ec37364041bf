// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/host/verdict.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* The kernel can be live-patched and somebody should serve it. */
static bool is_unserved(const struct view *view)
{
	return view->standing.coverage == COVERAGE_NONE;
}

/* A patch whose transition was forced: old and new code may both run until the machine restarts. */
static const struct livepatch *forced_patch(const struct view *view)
{
	const struct livepatch_list *patches = &view->status.patches;

	for (size_t i = 0; i < patches->count; i++)
		if (patches->items[i].forced)
			return &patches->items[i];
	return NULL;
}

/* The agent reads the same files first, and does nothing at all if it cannot: no new patch, and no
 * bad one taken back. That an ordinary user may not read them is no such sign. */
static enum error_code broken_code(const struct view *view)
{
	const struct standing *standing = &view->standing;

	if (!standing->broken && standing->freshness != FRESHNESS_UNKNOWN)
		return ERROR_NONE;
	return standing->is_broken ? ERROR_FAILED : ERROR_PERMISSION;
}

/* In the order of verdict.h; the first that holds is the verdict. */
enum error_code verdict_of(const struct view *view)
{
	const struct standing *standing = &view->standing;
	enum error_code broken = broken_code(view);
	const struct {
		bool holds;
		enum error_code code;
	} rows[] = {
		{ view->status.protection == PROTECTION_PROBLEM, ERROR_APPLY },
		{ standing->crashed.level > 0, ERROR_APPLY },
		{ broken == ERROR_FAILED, ERROR_FAILED },
		{ view->status.protection == PROTECTION_TRANSITION, ERROR_TRANSITION },
		{ view->status.protection == PROTECTION_UNSUPPORTED, ERROR_UNSUPPORTED },
		{ forced_patch(view) != NULL, ERROR_REBOOT },
		{ standing->freshness == FRESHNESS_PROBLEM, ERROR_VERIFY },
		{ standing->freshness == FRESHNESS_STALE, ERROR_STALE },
		{ standing->freshness == FRESHNESS_NEVER, ERROR_STALE },
		{ standing->coverage == COVERAGE_ENDED, ERROR_REBOOT },
		{ is_unserved(view), ERROR_UNSUPPORTED },
		{ standing->update.level && standing->held, ERROR_POLICY },
		{ standing->update.level > 0, ERROR_UPDATE },
		{ broken == ERROR_PERMISSION, ERROR_PERMISSION },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].holds)
			return rows[i].code;
	return ERROR_NONE;
}

static char *apply_text(const struct view *view)
{
	const struct standing_patch *bad = &view->standing.crashed;

	if (view->status.protection == PROTECTION_PROBLEM)
		return xstrdup(view->status.reason);
	return xasprintf("level %jd (%s) is %s%s%s", (intmax_t)bad->level, bad->name, bad->state,
			 bad->reason ? ": " : "", bad->reason ? bad->reason : "");
}

static char *protected_text(const struct view *view)
{
	const struct standing_patch *patch = &view->standing.in_force;

	if (!patch->level)
		return xstrdup(view->status.reason);
	return xasprintf("level %jd (%s), %zu CVE%s fixed live", (intmax_t)patch->level,
			 patch->name, patch->cves.count, patch->cves.count == 1 ? "" : "s");
}

static char *stale_text(const struct view *view)
{
	auto_free char *span = span_text(view->now - view->standing.expires);
	const char *why = view->standing.freshness_reason;

	if (view->standing.freshness == FRESHNESS_NEVER)
		return xasprintf("a repository is enabled and nothing of it was verified yet%s%s",
				 why ? "; " : ": 'suture refresh' asks it now", why ? why : "");
	if (view->standing.expires > view->now)
		return xstrdup(view->standing.freshness_reason);
	return xasprintf("what is known expired %s ago; what is loaded stays loaded", span);
}

static const char *broken_text(const struct view *view)
{
	const struct standing *standing = &view->standing;

	return standing->broken ? standing->broken : standing->freshness_reason;
}

char *verdict_text(const struct view *view, enum error_code code)
{
	const struct standing *standing = &view->standing;

	switch (code) {
	case ERROR_APPLY:
		return apply_text(view);
	case ERROR_FAILED:
		return xasprintf("fetcher and agent cannot work until this is mended: %s",
				 broken_text(view));
	case ERROR_PERMISSION:
		return xasprintf("how this machine stands cannot be told: %s", broken_text(view));
	case ERROR_TRANSITION:
		return xstrdup(view->status.reason);
	case ERROR_VERIFY:
		return xstrdup(standing->freshness_reason);
	case ERROR_STALE:
		return stale_text(view);
	case ERROR_REBOOT:
		if (forced_patch(view))
			return xasprintf("the transition of %s was forced: plan a reboot",
					 forced_patch(view)->name);
		return xstrdup(standing->coverage_reason);
	case ERROR_UNSUPPORTED:
		return xstrdup(view->status.protection == PROTECTION_UNSUPPORTED ?
				       view->status.reason :
				       standing->coverage_reason);
	case ERROR_POLICY:
		return xasprintf("level %jd (%s) is available and held back: %s",
				 (intmax_t)standing->update.level, standing->update.name,
				 standing->held);
	case ERROR_UPDATE:
		return xasprintf("level %jd (%s) is available and not applied",
				 (intmax_t)standing->update.level, standing->update.name);
	default:
		return protected_text(view);
	}
}

int nagios_status(enum error_code code)
{
	switch (code) {
	case ERROR_NONE:
		return 0;
	case ERROR_TRANSITION:
	case ERROR_STALE:
	case ERROR_REBOOT:
	case ERROR_POLICY:
	case ERROR_UPDATE:
		return 1;
	case ERROR_APPLY:
	case ERROR_FAILED:
	case ERROR_UNSUPPORTED:
	case ERROR_VERIFY:
		return 2;
	default:
		return 3;
	}
}

/* A bar begins the figures in Nagios' format: none in the text. */
static void print_text(const char *text)
{
	for (; *text; text++)
		putchar(*text == '|' || *text == '\n' ? ' ' : *text);
}

void nagios_print(const struct view *view)
{
	static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
	const struct standing *standing = &view->standing;
	enum error_code code = verdict_of(view);
	auto_free char *text = verdict_text(view, code);
	int64_t valid = standing->expires > view->now ? standing->expires - view->now : 0;

	printf("SUTURE %s - ", words[nagios_status(code)]);
	print_text(text);
	printf(" | level=%jd;;;0 newest=%jd;;;0 cves_fixed=%zu;;;0 cves_open=%zu;;;0 valid=%jds;;;0\n",
	       (intmax_t)standing->in_force.level, (intmax_t)standing->newest,
	       standing->in_force.cves.count, standing->open.count, (intmax_t)valid);
}
