// SPDX-License-Identifier: GPL-2.0-or-later
/* suture cve: what is known of each CVE on this machine, and only that. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/standing.h"
#include "model/manifest.h"

enum cve_state { CVE_FIXED_LIVE, CVE_FIXED_IN_KERNEL, CVE_OPEN, CVE_UNKNOWN };

static const struct {
	const char *slug, *text;
} states[] = {
	[CVE_FIXED_LIVE] = { "fixed-live", "fixed by the livepatch in force" },
	[CVE_FIXED_IN_KERNEL] = { "fixed-in-kernel", "fixed in this kernel's own version" },
	[CVE_OPEN] = { "open", "fixed by a published patch that is not in force" },
	[CVE_UNKNOWN] = { "unknown", "no published patch for this kernel speaks of it" },
};

static enum cve_state state_of(const struct view *view, const char *cve)
{
	const struct standing *standing = &view->standing;

	if (text_list_has(&standing->open, cve))
		return CVE_OPEN;
	if (text_list_has(&standing->fixed_in_kernel, cve))
		return CVE_FIXED_IN_KERNEL;
	if (view->status.protection == PROTECTION_OK &&
	    text_list_has(&standing->in_force.cves, cve))
		return CVE_FIXED_LIVE;
	return CVE_UNKNOWN;
}

/* The newest patch for this kernel that fixes it, or NULL. */
static const struct life *fixed_by(const struct view *view, const char *cve)
{
	const struct life_list *lives = &view->records.lives;

	for (size_t i = 0; i < lives->count; i++)
		if (is_for_kernel(&lives->items[i], &view->status) &&
		    text_list_has(&lives->items[i].cves, cve))
			return &lives->items[i];
	return NULL;
}

static void write_row(const struct view *view, const char *cve, enum cve_state state,
		      json_value *row)
{
	const struct life *life = state == CVE_OPEN ? fixed_by(view, cve) : NULL;

	json_set_text(row, "id", cve);
	json_set_text(row, "state", states[state].slug);
	json_set_text(row, "text", states[state].text);
	json_set_text(row, "patch", state == CVE_FIXED_LIVE ? view->standing.in_force.id :
				    life		    ? life->sha256 :
							      NULL);
}

static void print_row(const struct view *view, const char *cve, enum cve_state state)
{
	const struct life *life = state == CVE_OPEN ? fixed_by(view, cve) : NULL;

	printf("%-18s %-16s %s", cve, states[state].slug, states[state].text);
	if (life)
		printf(" (level %jd, %s)", (intmax_t)life->level, life->name);
	putchar('\n');
}

static void add_all(const struct text_list *from, struct text_list *into)
{
	for (size_t i = 0; i < from->count; i++)
		if (!text_list_has(into, from->items[i]))
			text_list_add(into, from->items[i]);
}

static int choose(const struct args *args, const struct view *view, struct text_list *cves,
		  struct error *err)
{
	for (size_t i = 0; i < args->count; i++) {
		if (!is_cve_id(args->words[i]))
			return error_set(err, ERROR_USAGE, "'%.64s' is no CVE id like CVE-2026-1234",
					 args->words[i]);
		text_list_add(cves, args->words[i]);
	}
	if (args->count)
		return 0;
	add_all(&view->standing.in_force.cves, cves);
	add_all(&view->standing.open, cves);
	add_all(&view->standing.fixed_in_kernel, cves);
	if (cves->count)
		text_list_sort(cves);
	return 0;
}

static bool knows_a_patch(const struct view *view)
{
	return life_newest(&view->records.lives, view->status.kernel.build_id, false) != NULL;
}

/* Graver first: something is open, something is not known. */
static int exit_status(const bool *seen)
{
	return error_exit_status(seen[CVE_OPEN]	   ? ERROR_UPDATE :
				 seen[CVE_UNKNOWN] ? ERROR_NOT_FOUND :
						     ERROR_NONE);
}

int command_cve(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };
	auto_text_list struct text_list cves = { 0 };
	auto_json json_value *value = json_new_object();
	json_value *rows = json_set_array(value, "cves");
	bool seen[ARRAY_SIZE(states)] = { false };

	if (view_open(args, 0, &view, err) < 0 || choose(args, &view, &cves, err) < 0)
		return -1;
	for (size_t i = 0; i < cves.count; i++) {
		enum cve_state state = state_of(&view, cves.items[i]);

		seen[state] = true;
		if (args_has(args, "json"))
			write_row(&view, cves.items[i], state, json_add_object(rows));
		else
			print_row(&view, cves.items[i], state);
	}
	if (args_has(args, "json"))
		print_json(value);
	else if (!cves.count)
		puts(knows_a_patch(&view) ?
			     "no CVE is known here: the published patches for this kernel name none" :
			     "no CVE is known here: no published patch for this kernel was verified "
			     "yet");
	return exit_status(seen);
}
