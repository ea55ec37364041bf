/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts about a machine and its kernel that decide whether it can be live-patched. All of them
 * are read once; an unknown one is -1 or NULL.
 */
#ifndef SUTURE_RUNTIME_MACHINE_H
#define SUTURE_RUNTIME_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/kernel_id.h"
#include "runtime/sysroot.h"

struct machine {
	struct kernel_id kernel; /* what of it the machine tells: no config digest */
	char *boot_id; /* /proc/sys/kernel/random/boot_id */
	char *config; /* the text of the kernel's .config, or NULL */
	char *config_path; /* where it was found */
	bool has_livepatch; /* /sys/kernel/livepatch */
	bool has_sysfs, has_proc;
	char *tracefs; /* "/sys/kernel/tracing", or NULL if it is not mounted */
	int modules_disabled; /* /proc/sys/kernel/modules_disabled */
	int ftrace_enabled; /* /proc/sys/kernel/ftrace_enabled */
	int signature_enforced; /* /sys/module/module/parameters/sig_enforce */
	char *lockdown; /* "none", "integrity", "confidentiality" */
	char *container; /* what says that this is one ("/.dockerenv"), or NULL */
	long long memory_available; /* bytes, MemAvailable of /proc/meminfo */
	int may_load; /* CAP_SYS_MODULE of this process; -1 in a captured tree */
	uint64_t taint;
};

/* Never fails: what is missing is unknown. */
void machine_read(const struct sysroot *root, struct machine *ret_machine);
void machine_clear(struct machine *machine);
#define auto_machine __attribute__((cleanup(machine_clear)))

/* The value of CONFIG_<name> ("y", "m", "\"text\"", "100"), "n" for one that is not set, NULL if
 * there is no config. Caller frees. */
char *machine_config(const struct machine *machine, const char *name);
/* The build-id from /sys/kernel/notes, or NULL. Caller frees. */
char *machine_build_id(const struct sysroot *root);

#endif
