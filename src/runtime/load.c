// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/load.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "runtime/kernel_log.h"
#include "runtime/kmod.h"
#include "runtime/livepatch.h"
#include "runtime/load_error.h"
#include "runtime/modinfo.h"
#include "runtime/module.h"
#include "runtime/preflight.h"
#include "runtime/record.h"

#define BLOCKERS_SHOWN 20
/* A disabled patch's folder and references go away by a work item of the kernel's. */
#define FREE_SECONDS 30
/* Taking back is worth waiting longer for than going forward. */
#define TAKE_BACK_SECONDS(wait) ((wait) < 30 ? 60 : 2 * (wait))

void load_result_clear(struct load_result *result)
{
	free(result->name);
	text_list_clear(&result->removed);
	text_list_clear(&result->kept);
	blocker_list_clear(&result->blockers);
	*result = (struct load_result){ 0 };
}

/* Removes the module once nobody uses it. */
static int remove_when_free(const char *name, double seconds, struct error *err)
{
	double end = monotonic_seconds() + seconds;

	while (kmod_remove(name, err) < 0) {
		if (err->code == ERROR_NOT_FOUND)
			return 0;
		if (err->code != ERROR_TEMPORARY || monotonic_seconds() >= end)
			return -1;
		pause_milliseconds(50);
	}
	return 0;
}

static void wait_until_absent(const struct sysroot *root, const char *name)
{
	double end = monotonic_seconds() + FREE_SECONDS;

	while (livepatch_is_present(root, name) && monotonic_seconds() < end)
		pause_milliseconds(20);
}

/* Who holds the transition up; failing to find out must not hide the real error. */
static void find_blockers(const struct sysroot *root, const char *name, struct load_result *result)
{
	auto_livepatch_list struct livepatch_list list = { 0 };
	struct error dropped;

	blocker_list_clear(&result->blockers);
	if (livepatch_read_all(root, &list, &dropped) < 0)
		return;

	const struct livepatch *patch = livepatch_find(&list, name);

	if (patch)
		transition_blockers(root, patch, patch->state == LIVEPATCH_APPLYING, BLOCKERS_SHOWN,
				    &result->blockers, &dropped);
}

/* "; held up by a (pid 1, ...), b (...) and 3 more" behind the error. */
static int add_blockers(const struct load_result *result, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	const struct blocker_list *list = &result->blockers;
	size_t shown = list->count < 3 ? list->count : 3;

	for (size_t i = 0; i < shown; i++) {
		auto_free char *one = blocker_text(&list->items[i]);

		buffer_printf(&text, "%s%s", i ? ", " : "held up by ", one);
	}
	if (list->left > shown)
		buffer_printf(&text, " and %zu more", list->left - shown);
	if (!shown)
		return -1;

	struct error before = *err;

	return error_set(err, before.code, "%s; %s", before.msg, buffer_text(&text));
}

/* Undoes an insertion whose transition did not end well. `err` holds why; it is kept, with what
 * became of the undoing behind it. Deaf to signals. */
static int take_back(const struct sysroot *root, const char *name, unsigned wait_seconds,
		     const struct progress *progress, struct error *err)
{
	struct error why = *err, undo = ERROR_INIT;

	progress_step(progress, 0, 0, "%s: taking it back", name);
	if (livepatch_enabled(root, name) == 1 && livepatch_enable(root, name, false, &undo) < 0)
		return error_set(err, why.code, "%s; and it could not be taken back: %s", why.msg,
				 undo.msg);
	if (transition_wait_deaf(root, name, TAKE_BACK_SECONDS(wait_seconds), progress, &undo) < 0)
		return error_set(err, why.code,
				 "%s; taking it back stalls as well, and goes on in the kernel: see "
				 "'suture blocking', then 'suture unload %s'", why.msg, name);
	wait_until_absent(root, name);
	if (remove_when_free(name, FREE_SECONDS, &undo) < 0)
		return error_set(err, why.code, "%s; it was disabled, but: %s", why.msg, undo.msg);
	return error_set(err, why.code, "%s; it was taken back, nothing is left of it", why.msg);
}

static int follow(const struct sysroot *root, const char *name, unsigned wait_seconds,
		  const struct progress *progress, struct load_result *result, struct error *err)
{
	if (transition_wait(root, name, wait_seconds, progress, err) == 0) {
		if (livepatch_enabled(root, name) == 1)
			return 0;
		error_set(err, ERROR_APPLY, "somebody turned the transition of %s round", name);
		return take_back(root, name, wait_seconds, progress, err);
	}
	find_blockers(root, name, result);
	if (err->code == ERROR_TRANSITION)
		add_blockers(result, err);
	return take_back(root, name, wait_seconds, progress, err);
}

/* An atomic replacement frees the older patches; their modules are the client's to remove. */
static void remove_replaced(const struct sysroot *root, const struct livepatch_list *before,
			    struct load_result *result)
{
	double end = monotonic_seconds() + FREE_SECONDS;

	if (livepatch_transition(root, result->name) < 0)
		return;
	for (size_t i = 0; i < before->count; i++) {
		const struct livepatch *patch = &before->items[i];
		struct error dropped;

		if (patch->state == LIVEPATCH_LEFTOVER || livepatch_enabled(root, patch->name) == 1)
			continue;
		if (patch->forced || livepatch_is_present(root, patch->name) ||
		    remove_when_free(patch->name, end - monotonic_seconds(), &dropped) < 0) {
			text_list_add(&result->kept, patch->name);
		} else {
			record_remove(patch->name);
			text_list_add(&result->removed, patch->name);
		}
	}
}

/* Replaced patches leave sysfs by a work item, a moment after the transition. Before 6.11 the kernel
 * does not tell whether a patch replaces; but it disables what was replaced before it says that the
 * transition is over (klp_unpatch_replaced_patches() in kernel/livepatch/transition.c). */
static void settle(const struct sysroot *root, const struct livepatch_list *before)
{
	double end = monotonic_seconds() + FREE_SECONDS;

	for (size_t i = 0; i < before->count; i++)
		while (before->items[i].state != LIVEPATCH_LEFTOVER &&
		       livepatch_enabled(root, before->items[i].name) == 0 &&
		       monotonic_seconds() < end)
			pause_milliseconds(20);
}

static int insert(const struct sysroot *root, const struct machine *machine,
		  const struct modinfo *info, int fd, struct error *err)
{
	auto_kernel_log struct kernel_log log;
	int number;

	kernel_log_open(&log, false);
	if (kmod_insert(fd, &number, err) == 0)
		return 0;
	return number ? load_error(root, machine, info, number, &log, err) : -1;
}

/* libkmod knows nothing of roots: it would act on the machine that this runs on. */
static int check_live(const struct sysroot *root, struct error *err)
{
	if (root->live)
		return 0;
	return error_set(err, ERROR_USAGE, "a captured tree is only for looking at");
}

static int load_parsed(const struct sysroot *root, const struct modinfo *info, const void *data,
		       size_t size, unsigned wait_seconds, const struct progress *progress,
		       struct load_result *result, struct error *err)
{
	auto_livepatch_list struct livepatch_list before = { 0 };
	auto_machine struct machine machine = { 0 };
	auto_close int fd = -1;

	if (check_live(root, err) < 0)
		return -1;
	machine_read(root, &machine);
	if (preflight_check(root, &machine, info, progress, err) < 0 ||
	    livepatch_read_all(root, &before, err) < 0 || kmod_seal(data, size, &fd, err) < 0 ||
	    interrupt_check(err) < 0)
		return -1;

	double start = monotonic_seconds();

	progress_step(progress, 0, 0, "%s: loading", info->name);
	if (insert(root, &machine, info, fd, err) < 0)
		return -1;
	if (!livepatch_is_present(root, info->name))
		return error_set(err, ERROR_APPLY,
				 "%s was loaded, but did not make a livepatch: its init did nothing",
				 info->name);
	if (follow(root, info->name, wait_seconds, progress, result, err) < 0)
		return -1;
	result->seconds = monotonic_seconds() - start;
	record_applied(info->name);
	settle(root, &before);
	remove_replaced(root, &before, result);
	return 0;
}

int livepatch_load_bytes(const struct sysroot *root, const char *label, const void *data,
			 size_t size, unsigned wait_seconds, const struct progress *progress,
			 struct load_result *result, struct error *err)
{
	auto_modinfo struct modinfo info = { 0 };

	if (modinfo_parse(data, size, &info, err) < 0)
		return error_context(err, "%s", label);
	result->name = xstrdup(info.name);
	if (load_parsed(root, &info, data, size, wait_seconds, progress, result, err) < 0)
		return error_context(err, "cannot load %s", label);
	return 0;
}

int livepatch_load(const struct sysroot *root, const char *path, unsigned wait_seconds,
		   const struct progress *progress, struct load_result *result,
		   struct error *err)
{
	auto_buffer struct buffer bytes = BUFFER_INIT;

	if (is_directory(path))
		return error_set(err, ERROR_INVALID, "%s is a folder, not a module", path);
	if (file_read(path, MODINFO_FILE_LIMIT, &bytes, err) < 0)
		return -1;
	return livepatch_load_bytes(root, path, bytes.data, bytes.size, wait_seconds, progress,
				    result, err);
}

/* Disables and follows; a stall or a signal turns it round, so that nothing is half-off. */
static int switch_off(const struct sysroot *root, const char *name, unsigned wait_seconds,
		      const struct progress *progress, struct load_result *result,
		      struct error *err)
{
	struct error undo;

	if (livepatch_enabled(root, name) == 1 && livepatch_enable(root, name, false, err) < 0)
		return -1;
	if (transition_wait(root, name, wait_seconds, progress, err) == 0) {
		if (livepatch_enabled(root, name) != 1)
			return 0;
		return error_set(err, ERROR_APPLY,
				 "somebody turned the transition round; the patch is in force");
	}
	find_blockers(root, name, result);
	if (err->code == ERROR_TRANSITION)
		add_blockers(result, err);

	struct error why = *err;

	if (transition_reverse(root, name, &undo) < 0 ||
	    transition_wait_deaf(root, name, TAKE_BACK_SECONDS(wait_seconds), progress, &undo) < 0)
		return error_set(err, why.code, "%s; and it could not be put back in force: %s",
				 why.msg, undo.msg);
	return error_set(err, why.code, "%s; the patch was put back in force", why.msg);
}

int livepatch_unload(const struct sysroot *root, const char *name, unsigned wait_seconds,
		     const struct progress *progress, struct load_result *result,
		     struct error *err)
{
	auto_module struct module module = { 0 };
	double start = monotonic_seconds();

	result->name = xstrdup(name);
	if (check_live(root, err) < 0)
		return -1;
	if (!livepatch_is_present(root, name) &&
	    !(module_read(root, name, &module) && module_is_livepatch(&module)))
		return error_set(err, ERROR_NOT_FOUND,
				 "there is no livepatch %s; 'suture list' shows what is there", name);
	if (geteuid() != 0)
		return error_set(err, ERROR_PERMISSION,
				 "no permission to unload %s: run this as root", name);
	if (livepatch_is_present(root, name) &&
	    switch_off(root, name, wait_seconds, progress, result, err) < 0)
		return error_context(err, "cannot unload %s", name);
	wait_until_absent(root, name);
	if (sysroot_number(root, 0, "/proc/sys/kernel/modules_disabled") == 1)
		return error_set(err, ERROR_POLICY,
				 "%s is disabled; its module stays until the next boot, because "
				 "kernel.modules_disabled is 1", name);
	if (remove_when_free(name, FREE_SECONDS, err) < 0)
		return error_context(err, "%s is disabled, but its module could not be removed",
				     name);
	record_remove(name);
	result->seconds = monotonic_seconds() - start;
	return 0;
}
