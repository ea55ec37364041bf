// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/check.h"

#include <stdarg.h>
#include <string.h>

#include "base/memory.h"
#include "model/livepatch.h"
#include "runtime/ftrace.h"
#include "runtime/kernel_log.h"
#include "runtime/livepatch.h"
#include "runtime/machine.h"
#include "runtime/taint.h"

struct scene {
	const struct sysroot *root;
	struct machine machine;
	struct livepatch_list patches;
	struct ftrace ftrace;
};

/* What an item says; evidence is the scene's, remedy and consequence stand in the table. */
static enum check_verdict say(struct check_item *item, enum check_verdict verdict,
			      const char *format, ...) __attribute__((format(printf, 3, 4)));
static enum check_verdict say(struct check_item *item, enum check_verdict verdict,
			      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	item->evidence = xvasprintf(format, args);
	va_end(args);
	return verdict;
}

static const char *known(const char *text)
{
	return text ? text : "unknown";
}

/* One option of the kernel's configuration that has to be y. */
static enum check_verdict want_option(const struct scene *scene, struct check_item *item,
				      const char *option)
{
	auto_free char *value = machine_config(&scene->machine, option);

	if (!value)
		return say(item, CHECK_UNKNOWN,
			   "no kernel configuration: neither /proc/config.gz nor /boot/config-%s",
			   known(scene->machine.kernel.release));
	return say(item, strcmp(value, "y") ? CHECK_PROBLEM : CHECK_OK, "%s: CONFIG_%s=%s",
		   scene->machine.config_path, option, value);
}

static bool has_option(const struct scene *scene, const char *option)
{
	auto_free char *value = machine_config(&scene->machine, option);

	return value && !strcmp(value, "y");
}

static enum check_verdict check_architecture(const struct scene *scene, struct check_item *item)
{
	const char *arch = scene->machine.kernel.arch;

	if (!arch)
		return say(item, CHECK_UNKNOWN, "nothing tells the architecture");
	return say(item, strcmp(arch, "x86_64") ? CHECK_PROBLEM : CHECK_OK, "%s", arch);
}

static enum check_verdict check_config(const struct scene *scene, struct check_item *item)
{
	if (scene->machine.config && !has_option(scene, "HAVE_LIVEPATCH"))
		return want_option(scene, item, "HAVE_LIVEPATCH");
	return want_option(scene, item, "LIVEPATCH");
}

static enum check_verdict check_sysfs(const struct scene *scene, struct check_item *item)
{
	if (!scene->machine.has_sysfs)
		return say(item, CHECK_UNKNOWN, "/sys is not mounted");
	return say(item, scene->machine.has_livepatch ? CHECK_OK : CHECK_PROBLEM, "%s: %s",
		   LIVEPATCH_FOLDER, scene->machine.has_livepatch ? "present" : "absent");
}

static enum check_verdict check_modules(const struct scene *scene, struct check_item *item)
{
	return want_option(scene, item, "MODULES");
}

static enum check_verdict check_modules_allowed(const struct scene *scene, struct check_item *item)
{
	static const char path[] = "/proc/sys/kernel/modules_disabled";

	if (scene->machine.modules_disabled < 0)
		return say(item, CHECK_UNKNOWN, "%s: absent", path);
	return say(item, scene->machine.modules_disabled ? CHECK_PROBLEM : CHECK_OK, "%s: %d", path,
		   scene->machine.modules_disabled);
}

static enum check_verdict check_ftrace(const struct scene *scene, struct check_item *item)
{
	static const char path[] = "/proc/sys/kernel/ftrace_enabled";

	if (scene->machine.ftrace_enabled < 0)
		return say(item, CHECK_UNKNOWN, "%s: absent", path);
	return say(item, scene->machine.ftrace_enabled ? CHECK_OK : CHECK_PROBLEM, "%s: %d", path,
		   scene->machine.ftrace_enabled);
}

/* kernel/livepatch/Kconfig: DYNAMIC_FTRACE_WITH_REGS or, from 5.18 on, _WITH_ARGS. */
static enum check_verdict check_redirection(const struct scene *scene, struct check_item *item)
{
	if (has_option(scene, "DYNAMIC_FTRACE_WITH_ARGS"))
		return want_option(scene, item, "DYNAMIC_FTRACE_WITH_ARGS");
	return want_option(scene, item, "DYNAMIC_FTRACE_WITH_REGS");
}

/* arch/x86/Kconfig: HAVE_RELIABLE_STACKTRACE if UNWINDER_ORC || STACK_VALIDATION. */
static enum check_verdict check_stacks(const struct scene *scene, struct check_item *item)
{
	enum check_verdict verdict = want_option(scene, item, "HAVE_RELIABLE_STACKTRACE");

	if (verdict == CHECK_OK && has_option(scene, "UNWINDER_GUESS")) {
		free(item->evidence);
		return say(item, CHECK_PROBLEM, "%s: CONFIG_UNWINDER_GUESS=y",
			   scene->machine.config_path);
	}
	return verdict;
}

static enum check_verdict check_signatures(const struct scene *scene, struct check_item *item)
{
	const struct machine *machine = &scene->machine;
	bool locked = machine->lockdown && strcmp(machine->lockdown, "none") != 0;

	if (locked)
		return say(item, CHECK_PROBLEM, "/sys/kernel/security/lockdown: %s",
			   machine->lockdown);
	if (machine->signature_enforced == 1)
		return say(item, CHECK_PROBLEM, "/sys/module/module/parameters/sig_enforce: Y");
	if (machine->signature_enforced < 0 && has_option(scene, "MODULE_SIG_FORCE"))
		return say(item, CHECK_PROBLEM, "%s: CONFIG_MODULE_SIG_FORCE=y",
			   machine->config_path);
	return say(item, CHECK_OK, "lockdown: %s; sig_enforce: %s",
		   machine->lockdown ? machine->lockdown : "not in this kernel, or not readable",
		   machine->signature_enforced < 0 ? "not in this kernel" : "N");
}

static enum check_verdict check_build_id(const struct scene *scene, struct check_item *item)
{
	const char *id = scene->machine.kernel.build_id;

	return say(item, id ? CHECK_OK : CHECK_UNKNOWN, "/sys/kernel/notes: %s",
		   id ? id : "no build-id");
}

/* What the log says about how the taint came; a taint of old may have left the log. */
static char *find_tainter(const struct sysroot *root)
{
	static const char *const words[] = { "taints kernel", "tainting kernel", "BUG:", "WARNING:",
					     NULL };
	auto_text_list struct text_list lines = { 0 };
	auto_kernel_log struct kernel_log log = { .fd = -1 };

	if (root->live)
		kernel_log_open(&log, true);
	kernel_log_since(&log, words, &lines);
	return lines.count ? xstrdup(lines.items[0]) : NULL;
}

static enum check_verdict check_taint(const struct scene *scene, struct check_item *item)
{
	uint64_t taint = scene->machine.taint;
	auto_free char *text = taint_text(taint);
	auto_free char *who = taint ? find_tainter(scene->root) : NULL;

	return say(item, taint_trouble(taint) ? CHECK_PROBLEM : CHECK_OK,
		   "/proc/sys/kernel/tainted: %ju (%s)%s%s", (uintmax_t)taint, text,
		   who ? "; the log says: " : "", who ? who : "");
}

static enum check_verdict check_patches(const struct scene *scene, struct check_item *item)
{
	auto_buffer struct buffer names = BUFFER_INIT;

	for (size_t i = 0; i < scene->patches.count; i++) {
		const struct livepatch *patch = &scene->patches.items[i];

		if (strcmp(patch->origin, "suture") != 0)
			buffer_printf(&names, "%s%s (by %s, %s)", names.size ? ", " : "", patch->name,
				      patch->origin, livepatch_state_slug(patch->state));
	}
	if (names.size)
		return say(item, CHECK_PROBLEM, "%s: %s", LIVEPATCH_FOLDER, buffer_text(&names));
	return say(item, CHECK_OK, "%s: %zu livepatches, none by others", LIVEPATCH_FOLDER,
		   scene->patches.count);
}

static enum check_verdict check_transition(const struct scene *scene, struct check_item *item)
{
	for (size_t i = 0; i < scene->patches.count; i++)
		if (livepatch_in_transition(&scene->patches.items[i]))
			return say(item, CHECK_PROBLEM, "%s/%s/transition: 1", LIVEPATCH_FOLDER,
				   scene->patches.items[i].name);
	return say(item, CHECK_OK, "no livepatch is in transition");
}

static bool is_patched(const struct scene *scene, const struct ftrace_slot *slot)
{
	for (size_t i = 0; i < scene->patches.count; i++)
		if (livepatch_has(&scene->patches.items[i], slot->object, slot->function))
			return true;
	return false;
}

/* Redirections that no livepatch accounts for: the next livepatch of such a function gets EBUSY. */
static enum check_verdict check_owners(const struct scene *scene, struct check_item *item)
{
	auto_buffer struct buffer names = BUFFER_INIT;
	size_t count = 0;

	if (!scene->ftrace.has_slots)
		return say(item, CHECK_UNKNOWN, "%s", scene->machine.tracefs ?
			   "enabled_functions cannot be read" :
			   "tracefs: not mounted, or only root may see it");
	for (size_t i = 0; i < scene->ftrace.slot_count; i++) {
		const struct ftrace_slot *slot = &scene->ftrace.slots[i];

		if (slot->is_redirected && !is_patched(scene, slot) && count++ < 10)
			buffer_printf(&names, " %s", slot->function);
	}
	if (count)
		return say(item, CHECK_PROBLEM, "%s/enabled_functions: %zu redirected:%s",
			   scene->machine.tracefs, count, buffer_text(&names));
	return say(item, CHECK_OK, "%s/enabled_functions: %zu functions traced, none redirected by "
		   "others", scene->machine.tracefs, scene->ftrace.slot_count);
}

static enum check_verdict check_place(const struct scene *scene, struct check_item *item)
{
	if (scene->machine.container)
		return say(item, CHECK_PROBLEM, "%s: present", scene->machine.container);
	return say(item, CHECK_OK, "no sign of a container");
}

static enum check_verdict check_permission(const struct scene *scene, struct check_item *item)
{
	if (scene->machine.may_load < 0)
		return say(item, CHECK_UNKNOWN, "/proc/self/status: no CapEff");
	return say(item, scene->machine.may_load ? CHECK_OK : CHECK_PROBLEM,
		   "CAP_SYS_MODULE: %s", scene->machine.may_load ? "yes" : "no");
}

/* What could not be read is no problem yet: how to find out, and not what to change. */
#define READ_AS_ROOT "not known: look again as root, with /proc, /sys and tracefs mounted"
#define READ_CONFIG                                                                           \
	"not known: look again where /boot has the kernel's config, as its package installs it"

static bool is_config(enum check_verdict (*run)(const struct scene *, struct check_item *))
{
	return run == check_config || run == check_modules || run == check_redirection ||
	       run == check_stacks;
}

static const struct {
	const char *slug, *title;
	enum check_verdict (*run)(const struct scene *scene, struct check_item *item);
	enum error_code consequence;
	const char *remedy; /* of a problem */
} table[] = {
	{ "architecture", "architecture", check_architecture, ERROR_UNSUPPORTED,
	  "suture knows 64-bit x86 only" },
	{ "livepatch-config", "kernel built with livepatching", check_config, ERROR_UNSUPPORTED,
	  "boot a kernel with CONFIG_LIVEPATCH=y; the amd64 kernels of Debian, Ubuntu, RHEL and SUSE "
	  "have it" },
	{ "livepatch-sysfs", "livepatching started", check_sysfs, ERROR_UNSUPPORTED,
	  "boot a kernel with CONFIG_LIVEPATCH=y, and mount /sys" },
	{ "modules", "kernel built with modules", check_modules, ERROR_UNSUPPORTED,
	  "boot a kernel with CONFIG_MODULES=y: livepatches are modules" },
	{ "modules-allowed", "modules can be loaded", check_modules_allowed, ERROR_POLICY,
	  "kernel.modules_disabled cannot be taken back: remove it from sysctl.d and reboot" },
	{ "signatures", "unsigned modules accepted", check_signatures, ERROR_POLICY,
	  "sign livepatches with a key that the kernel trusts (enrol a machine owner key with "
	  "mokutil), or use livepatches signed by your distribution" },
	{ "redirection", "functions can be redirected", check_redirection, ERROR_UNSUPPORTED,
	  "boot a kernel with CONFIG_DYNAMIC_FTRACE_WITH_REGS or _WITH_ARGS" },
	{ "ftrace-enabled", "ftrace is on", check_ftrace, ERROR_APPLY,
	  "sysctl kernel.ftrace_enabled=1, and find out what in sysctl.d turned it off" },
	{ "reliable-stacks", "reliable stack traces", check_stacks, ERROR_UNSUPPORTED,
	  "boot a kernel with CONFIG_UNWINDER_ORC=y: without it no transition can end" },
	{ "build-id", "kernel tells its build-id", check_build_id, ERROR_NONE,
	  "without it suture can compare release names only" },
	{ "other-livepatches", "no livepatches of others", check_patches, ERROR_NONE,
	  "a cumulative patch by suture replaces them; let one tool own the machine" },
	{ "transition", "no transition running", check_transition, ERROR_TRANSITION,
	  "'suture blocking' names what holds it up" },
	{ "other-owners", "no other owners of functions", check_owners, ERROR_NONE,
	  "a livepatch of one of these functions would be refused (EBUSY): end the tool that "
	  "redirects it" },
	{ "taint", "kernel has no trouble", check_taint, ERROR_NONE,
	  "something went wrong in this kernel since boot; a reboot is better than a patch on top" },
	{ "container", "not in a container", check_place, ERROR_NONE,
	  "the kernel is the host's: load livepatches there" },
	{ "permission", "may load modules", check_permission, ERROR_NONE, "run this as root" },
};

void check_run(const struct sysroot *root, struct check_list *ret_list)
{
	struct scene scene = { .root = root };
	struct check_list list = { 0 };
	struct error dropped;

	machine_read(root, &scene.machine);
	livepatch_read_all(root, &scene.patches, &dropped);
	ftrace_read(root, scene.machine.tracefs, &scene.ftrace);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct check_item item = { .slug = table[i].slug, .title = table[i].title };

		if (table[i].run == check_permission && !root->live)
			continue; /* whose? */
		item.verdict = table[i].run(&scene, &item);
		if (item.verdict == CHECK_UNKNOWN)
			item.remedy = is_config(table[i].run) ? READ_CONFIG : READ_AS_ROOT;
		if (item.verdict == CHECK_PROBLEM) {
			item.remedy = table[i].remedy;
			item.consequence = table[i].consequence;
		}
		ARRAY_GROW(list.items, list.capacity, list.count + 1);
		list.items[list.count++] = item;
	}
	ftrace_clear(&scene.ftrace);
	livepatch_list_clear(&scene.patches);
	machine_clear(&scene.machine);
	*ret_list = list;
}

void check_list_clear(struct check_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].evidence);
	free(list->items);
	*list = (struct check_list){ 0 };
}

enum error_code check_conclusion(const struct check_list *list)
{
	static const enum error_code gravest_first[] = { ERROR_UNSUPPORTED, ERROR_POLICY, ERROR_APPLY,
							 ERROR_TRANSITION };

	for (size_t i = 0; i < ARRAY_SIZE(gravest_first); i++)
		for (size_t j = 0; j < list->count; j++)
			if (list->items[j].consequence == gravest_first[i])
				return gravest_first[i];
	return ERROR_NONE;
}

const struct check_item *check_find(const struct check_list *list, const char *slug)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].slug, slug))
			return &list->items[i];
	return NULL;
}

const char *check_verdict_slug(enum check_verdict verdict)
{
	static const char *const slugs[] = { "ok", "problem", "unknown" };

	return slugs[verdict];
}

void check_list_write(const struct check_list *list, json_value *into)
{
	enum error_code conclusion = check_conclusion(list);
	json_value *items = json_set_array(into, "items");

	json_set_bool(into, "able", conclusion == ERROR_NONE);
	json_set_text(into, "conclusion", error_slug(conclusion));
	for (size_t i = 0; i < list->count; i++) {
		json_value *row = json_add_object(items);

		json_set_text(row, "check", list->items[i].slug);
		json_set_text(row, "title", list->items[i].title);
		json_set_text(row, "verdict", check_verdict_slug(list->items[i].verdict));
		json_set_text(row, "evidence", list->items[i].evidence);
		json_set_text(row, "remedy", list->items[i].remedy);
		json_set_text(row, "consequence", error_slug(list->items[i].consequence));
	}
}
