/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A livepatch's transition: every task switches from the old code to the new (or back) when none of
 * the patched functions is on its stack (kernel/livepatch/transition.c). One transition at a time in
 * the whole system, without an end of its own: the kernel tries again every second for ever.
 * /proc/PID/task/TID/patch_state says where a task stands: -1 no transition, 0 old, 1 new.
 */
#ifndef SUTURE_RUNTIME_TRANSITION_H
#define SUTURE_RUNTIME_TRANSITION_H

#include <sys/types.h>

#include "base/log.h"
#include "model/livepatch.h"
#include "runtime/sysroot.h"

/* A task that has not switched. */
struct blocker {
	pid_t pid, tid;
	char *comm;
	char *state; /* in words: "sleeping", "waiting for a device" */
	bool is_kernel_thread;
	struct text_list stack; /* "do_poll+0x1f/0x30", innermost first; empty if not readable */
	char *function; /* the patched function found on the stack, or NULL */
};

struct blocker_list {
	struct blocker *items;
	size_t count, capacity;
	size_t left; /* how many tasks there are altogether; items may be fewer */
};

void blocker_list_clear(struct blocker_list *list);
#define auto_blocker_list __attribute__((cleanup(blocker_list_clear)))
/* "poller (pid 123, sleeping) in do_sys_poll". Caller frees. */
char *blocker_text(const struct blocker *blocker);
void blocker_list_write(const struct blocker_list *list, json_value *array);

/* How many tasks have not reached `target` (1: the new code, 0: the old); -1 if it cannot be read
 * (only root may). */
long transition_tasks_left(const struct sysroot *root, int target);
/* The first `limit` of them with their stacks; `patch` tells which functions to look for. */
int transition_blockers(const struct sysroot *root, const struct livepatch *patch, int target,
			size_t limit, struct blocker_list *ret_list, struct error *err);

/* The livepatch that is in transition now, or NULL. Caller frees. */
char *transition_current(const struct sysroot *root);
/* Waits until it is over: 0 also when the patch vanished, as a disabled one does. After `seconds`
 * ERROR_TRANSITION; after a signal ERROR_INTERRUPTED. */
int transition_wait(const struct sysroot *root, const char *name, unsigned seconds,
		    const struct progress *progress, struct error *err);
/* The same, deaf to signals: for taking back what was begun. */
int transition_wait_deaf(const struct sysroot *root, const char *name, unsigned seconds,
			 const struct progress *progress, struct error *err);
/* Turns a running transition round. ERROR_NOT_FOUND if none of that name is in transition. */
int transition_reverse(const struct sysroot *root, const char *name, struct error *err);
/* Makes the kernel call it complete, true or not. The price: see suture-transition(1). */
int transition_force(const struct sysroot *root, const char *name, struct error *err);

/* Sleeps; a signal ends it early. */
void pause_milliseconds(unsigned milliseconds);
double monotonic_seconds(void);

#endif
