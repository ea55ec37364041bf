/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watching one function: how often it is called, and which implementation ran, also while livepatches
 * come and go. A kprobe on the entry counts calls; one behind the call that ftrace redirects counts
 * those that ran the kernel's own code; one on each livepatch's replacement counts those that
 * arrived there.
 */
#ifndef SUTURE_RUNTIME_WATCH_H
#define SUTURE_RUNTIME_WATCH_H

#include "runtime/machine.h"
#include "runtime/sysroot.h"

#define WATCH_PATCH_LIMIT 64 /* livepatches seen during one watch */

struct watch_count { /* since the step before */
	const char *patch; /* lives as long as the watch */
	long long hits; /* -1: cannot be counted: its replacement could not be found */
	bool is_loaded; /* it redirects the function now */
};

struct watch_sample {
	long long calls, old; /* since the step before; old -1: cannot be counted */
	struct watch_count patches[WATCH_PATCH_LIMIT];
	size_t count;
	bool is_redirected; /* ftrace says so, now */
};

struct watch;

/* `object`: "vmlinux" or a module. `position`: from 1, as livepatch counts namesakes; 0: the only one, and
 * ERROR_USAGE with the choices if there are several. ERROR_NOT_FOUND if there is no such function,
 * ERROR_PERMISSION if this user may not count. */
int watch_open(const struct sysroot *root, const struct machine *machine, const char *object,
	       const char *function, unsigned position, struct watch **ret_watch, struct error *err);
/* What happened since the last step. */
int watch_step(struct watch *watch, struct watch_sample *ret_sample, struct error *err);
/* Takes the probes away; takes NULL. */
void watch_free(struct watch *watch);

#include "base/memory.h"
DEFINE_AUTO(watch)
#define auto_watch __attribute__((cleanup(auto_watch_cleanup)))

#endif
