// SPDX-License-Identifier: GPL-2.0-or-later
/* suture uname: the release, and behind it what is in force beside what was booted. */
#include <stdio.h>

#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/standing.h"

/* Only what is measured as effective counts: "6.1.0-56-cloud-amd64+suture.7". */
static char *effective_release(const struct view *view)
{
	const char *release = view->status.kernel.release;
	int64_t level = view->standing.in_force.level;

	if (!release)
		release = "unknown";
	if (level && view->status.protection == PROTECTION_OK)
		return xasprintf("%s+suture.%jd", release, (intmax_t)level);
	return xstrdup(release);
}

int command_uname(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };

	if (view_open(args, 0, &view, err) < 0)
		return -1;

	auto_free char *effective = effective_release(&view);

	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		json_set_text(value, "effective", effective);
		json_set_text(value, "release", view.status.kernel.release);
		json_set_text(value, "version", view.status.kernel.version);
		json_set_text(value, "build_id", view.status.kernel.build_id);
		json_set_text(value, "protection", protection_slug(view.status.protection));
		json_set_int(value, "level", view.status.protection == PROTECTION_OK ?
						     view.standing.in_force.level :
						     0);
		print_json(value);
	} else {
		puts(effective);
	}
	/* The release is true all the same, but a patch that is loaded is not what counts. */
	return view.status.protection == PROTECTION_PROBLEM ? error_exit_status(ERROR_APPLY) : 0;
}
