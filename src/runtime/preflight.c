// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/preflight.h"

#include <string.h>

#include "base/memory.h"
#include "runtime/ftrace.h"
#include "runtime/livepatch.h"
#include "runtime/module.h"
#include "runtime/transition.h"

struct subject {
	const struct sysroot *root;
	const struct machine *machine;
	const struct modinfo *info;
	const struct progress *progress;
};

static int check_is_livepatch(const struct subject *s, struct error *err)
{
	if (modinfo_is_livepatch(s->info))
		return 0;
	return error_set(err, ERROR_INVALID,
			 "module %s is no livepatch (.modinfo has no livepatch=Y); use insmod for "
			 "ordinary modules", s->info->name);
}

static int check_permission(const struct subject *s, struct error *err)
{
	if (s->machine->may_load != 0)
		return 0;
	if (s->machine->container)
		return error_set(err, ERROR_PERMISSION,
				 "this is a container (%s) without CAP_SYS_MODULE: load the livepatch "
				 "on the host, whose kernel this is", s->machine->container);
	return error_set(err, ERROR_PERMISSION,
			 "no permission to load modules (CAP_SYS_MODULE): run this as root");
}

static int check_kernel_able(const struct subject *s, struct error *err)
{
	if (!s->machine->has_proc || !s->machine->has_sysfs)
		return error_set(err, ERROR_FAILED,
				 "%s is not mounted: a load could not be watched; mount it first "
				 "(mount -t %s none %s)",
				 s->machine->has_proc ? "/sys" : "/proc",
				 s->machine->has_proc ? "sysfs" : "proc",
				 s->machine->has_proc ? "/sys" : "/proc");
	if (!s->machine->has_livepatch)
		return error_set(err, ERROR_UNSUPPORTED,
				 "this kernel (%s) has no livepatch support: there is no %s; see "
				 "'suture check'",
				 s->machine->kernel.release ? s->machine->kernel.release : "?",
				 LIVEPATCH_FOLDER);
	if (s->machine->modules_disabled == 1)
		return error_set(err, ERROR_POLICY,
				 "kernel.modules_disabled is 1: no module can be loaded until the "
				 "next boot");
	if (s->machine->ftrace_enabled == 0)
		return error_set(err, ERROR_APPLY,
				 "kernel.ftrace_enabled is 0, so that no function can be "
				 "redirected; set it with 'sysctl kernel.ftrace_enabled=1'");
	return 0;
}

/* vermagic: "6.1.0-56-cloud-amd64 SMP preempt mod_unload modversions " */
static int check_vermagic(const struct subject *s, struct error *err)
{
	const char *vermagic = modinfo_get(s->info, "vermagic");
	const char *release = s->machine->kernel.release;

	if (!vermagic || !release)
		return 0;

	size_t length = strcspn(vermagic, " ");

	if (strlen(release) == length && !strncmp(vermagic, release, length))
		return 0;
	return error_set(err, ERROR_UNSUPPORTED,
			 "%s was built for kernel %.*s, this is %s", s->info->name, (int)length,
			 vermagic, release);
}

static int check_build_id(const struct subject *s, struct error *err)
{
	const char *wanted = modinfo_get(s->info, "suture.kernel_build_id");
	const char *here = s->machine->kernel.build_id;

	if (!wanted) {
		progress_say(s->progress,
			     "note: %s does not name the build-id of its kernel (not made by "
			     "suture?); only the release was compared", s->info->name);
		return 0;
	}
	if (!here) {
		progress_say(s->progress, "note: this kernel does not tell its build-id "
			     "(/sys/kernel/notes); only the release was compared");
		return 0;
	}
	if (!strcmp(wanted, here))
		return 0;
	return error_set(err, ERROR_UNSUPPORTED,
			 "%s was built for the kernel with build-id %.40s, this one has %.40s: a "
			 "different build of the same release; build the patch for this one",
			 s->info->name, wanted, here);
}

/* "virtio_net:5FA3C0DE...": the kernel itself would take any module of that name. */
static int check_target(const struct subject *s, const char *target, struct error *err)
{
	const char *colon = strchr(target, ':');
	auto_module struct module module = { 0 };

	if (!colon || !colon[1])
		return 0;

	auto_free char *name = xstrndup(target, (size_t)(colon - target));

	if (!module_read(s->root, name, &module))
		return 0; /* patched when it comes */
	if ((module.srcversion && !strcmp(module.srcversion, colon + 1)) ||
	    (module.build_id && !strcmp(module.build_id, colon + 1)))
		return 0;
	if (!module.srcversion && !module.build_id) {
		progress_say(s->progress, "note: the loaded module %s does not tell which one it is "
			     "(no srcversion, no build-id)", name);
		return 0;
	}
	return error_set(err, ERROR_UNSUPPORTED,
			 "%s patches module %s of %s, but the loaded one is %s: another build "
			 "(DKMS, or updated while it was loaded?)",
			 s->info->name, name, colon + 1,
			 module.srcversion ? module.srcversion : module.build_id);
}

static int check_targets(const struct subject *s, struct error *err)
{
	auto_text_list struct text_list targets = { 0 };

	modinfo_get_all(s->info, "suture.targets", &targets);
	for (size_t i = 0; i < targets.count; i++)
		if (check_target(s, targets.items[i], err) < 0)
			return -1;
	return 0;
}

static bool is_livepatched(const struct livepatch_list *patches, const char *object,
			   const char *function)
{
	for (size_t i = 0; i < patches->count; i++)
		if (livepatch_has(&patches->items[i], object, function))
			return true;
	return false;
}

/* Only one user of ftrace may redirect a function; another livepatch is the same user. */
static int check_slots(const struct subject *s, struct error *err)
{
	auto_text_list struct text_list functions = { 0 };
	auto_livepatch_list struct livepatch_list patches = { 0 };
	auto_ftrace struct ftrace ftrace = { 0 };

	modinfo_get_all(s->info, "suture.functions", &functions);
	if (!functions.count)
		return 0;
	if (livepatch_read_all(s->root, &patches, err) < 0)
		return -1;
	ftrace_read(s->root, s->machine->tracefs, &ftrace);
	for (size_t i = 0; i < functions.count; i++) {
		char *function = strchr(functions.items[i], ':');
		const struct ftrace_slot *slot;

		if (!function)
			continue;
		*function++ = 0;
		slot = ftrace_find_slot(&ftrace, functions.items[i], function);
		if (slot && slot->is_redirected &&
		    !is_livepatched(&patches, functions.items[i], function))
			return error_set(err, ERROR_APPLY,
					 "%s of %s is redirected by something that is no livepatch: a "
					 "kprobe with a post handler, fault injection or another "
					 "patching tool; remove that first", function,
					 functions.items[i]);
	}
	return 0;
}

static int check_signature(const struct subject *s, struct error *err)
{
	bool locked = s->machine->lockdown && strcmp(s->machine->lockdown, "none") != 0;

	if (s->info->is_signed || (s->machine->signature_enforced != 1 && !locked))
		return 0;
	return error_set(err, ERROR_VERIFY,
			 "%s is not signed, and this kernel takes signed modules only (%s%s): sign it "
			 "with a key that the kernel trusts, for example an enrolled machine owner "
			 "key (MOK)",
			 s->info->name, locked ? "lockdown=" : "module.sig_enforce",
			 locked ? s->machine->lockdown : "");
}

static int check_not_loaded(const struct subject *s, struct error *err)
{
	auto_module struct module module = { 0 };

	if (livepatch_is_present(s->root, s->info->name))
		return error_set(err, ERROR_NOTHING, "livepatch %s is loaded already",
				 s->info->name);
	if (!module_read(s->root, s->info->name, &module))
		return 0;
	if (module.references == 0)
		return error_set(err, ERROR_FAILED,
				 "a module %s is still loaded, replaced or disabled earlier; remove it "
				 "with 'suture unload %s' and load again", s->info->name,
				 s->info->name);
	return error_set(err, ERROR_FAILED,
			 "a module of the name %s is loaded and in use (%lld references); the kernel "
			 "does not load two of one name", s->info->name, module.references);
}

static int check_transition(const struct subject *s, struct error *err)
{
	auto_free char *name = transition_current(s->root);

	if (!name)
		return 0;
	return error_set(err, ERROR_TRANSITION,
			 "livepatch %s is in transition, and the kernel does one at a time; wait for it "
			 "('suture transition wait %s') or see who holds it up ('suture blocking')",
			 name, name);
}

/*
 * While a module is loaded there are its bytes in the memfd, the kernel's copy of them
 * (kernel/module/main.c load_module()), the module itself, and what a livepatch keeps of its symbols
 * (kernel/module/livepatch.c copy_module_elf()): four times the file at most. A machine that would
 * have nothing left besides should not be patched now: the out-of-memory killer would choose.
 */
static int check_memory(const struct subject *s, struct error *err)
{
	const long long reserve = 16LL << 20;
	long long needed = 4 * (long long)s->info->size + reserve;

	if (s->machine->memory_available < 0 || s->machine->memory_available >= needed)
		return 0;
	return error_set(err, ERROR_TEMPORARY,
			 "%s needs %lld KiB of memory while it is loaded, and %lld KiB are available "
			 "(MemAvailable of /proc/meminfo): free some and load again",
			 s->info->name, needed >> 10, s->machine->memory_available >> 10);
}

int preflight_check(const struct sysroot *root, const struct machine *machine,
		    const struct modinfo *info, const struct progress *progress,
		    struct error *err)
{
	static int (*const checks[])(const struct subject *, struct error *) = {
		check_is_livepatch, check_kernel_able, check_vermagic,	 check_build_id,
		check_permission,   check_not_loaded,  check_transition, check_targets,
		check_signature,    check_slots,       check_memory,
	};
	const struct subject subject = { root, machine, info, progress };

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (checks[i](&subject, err) < 0)
			return -1;
	return 0;
}
