// SPDX-License-Identifier: GPL-2.0-or-later
/* suture reboot-needed: what a livepatch cannot do. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/host/commands.h"
#include "cli/host/standing.h"
#include "runtime/installed.h"
#include "runtime/taint.h"

/* A kernel with one of these is not to be relied on: machine check, bad page, oops, lockup. A
 * warning is none of them (Documentation/admin-guide/tainted-kernels.rst). */
#define BROKEN_LETTERS "MBDL"

static void add(json_value *reasons, const char *slug, char *text)
{
	json_value *reason = json_add_object(reasons);

	json_set_text(reason, "reason", slug);
	json_set_text(reason, "text", text);
	free(text);
}

static void add_kernels(const struct view *view, json_value *reasons)
{
	const struct kernel_id *kernel = &view->status.kernel;
	auto_free char *release = installed_newer_release(&view->sysroot, kernel);
	auto_free char *version = installed_newer_version(&view->sysroot, kernel);

	if (release)
		add(reasons, "newer-kernel",
		    xasprintf("%s is installed and %s runs", release, kernel->release));
	if (version)
		add(reasons, "newer-version",
		    xasprintf("version %s of %s is installed and an older one runs", version,
			      kernel->release));
	if (view->standing.coverage == COVERAGE_ENDED)
		add(reasons, "not-served",
		    xstrdup("no patches are made any more for the kernel that runs"));
}

static void add_trouble(const struct view *view, json_value *reasons)
{
	for (unsigned i = 0; taint_flag_at(i); i++) {
		const struct taint_flag *flag = taint_flag_at(i);

		if (strchr(BROKEN_LETTERS, flag->letter) &&
		    view->status.taint & (UINT64_C(1) << flag->bit))
			add(reasons, "kernel-trouble",
			    xasprintf("the kernel has had trouble: %s", flag->text));
	}
}

static void add_livepatches(const struct view *view, json_value *reasons)
{
	for (size_t i = 0; i < view->status.patches.count; i++) {
		const struct livepatch *patch = &view->status.patches.items[i];

		if (patch->forced)
			add(reasons, "forced-transition",
			    xasprintf("a transition of %s was forced: old and new code may run side "
				      "by side", patch->name));
		else if (patch->state == LIVEPATCH_LEFTOVER && patch->references > 0)
			add(reasons, "leftover",
			    xasprintf("%s is replaced and still in use: it cannot be removed",
				      patch->name));
	}
}

/* /run/reboot-required: a custom of Debian's and Ubuntu's packages. */
static void add_others(const struct view *view, json_value *reasons)
{
	if (sysroot_exists(&view->sysroot, "/run/reboot-required"))
		add(reasons, "reboot-required",
		    xstrdup("another package asks for it: /run/reboot-required is there"));
}

int command_reboot_needed(const struct args *args, struct error *err)
{
	auto_view struct view view = { .sysroot = { .fd = -1 } };
	auto_json json_value *value = json_new_object();

	if (view_open(args, 0, &view, err) < 0)
		return -1;
	json_set_bool(value, "needed", false);

	json_value *reasons = json_set_array(value, "reasons");

	add_kernels(&view, reasons);
	add_trouble(&view, reasons);
	add_livepatches(&view, reasons);
	add_others(&view, reasons);
	json_set_bool(value, "needed", json_count(reasons) > 0);
	if (args_has(args, "json"))
		print_json(value);
	else if (!json_count(reasons))
		puts("no reboot is needed");
	for (size_t i = 0; !args_has(args, "json") && i < json_count(reasons); i++)
		printf("reboot needed: %s\n", json_get_text(json_at(reasons, i), "text", ""));
	return json_count(reasons) ? error_exit_status(ERROR_REBOOT) : 0;
}
