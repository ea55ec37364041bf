/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Putting a livepatch on and taking it off: with the transition followed to its end, and with
 * everything undone when it does not end well or a signal comes. After a failed load the module is
 * not in the kernel any more; where even taking back stalls, the error says so.
 */
#ifndef SUTURE_RUNTIME_LOAD_H
#define SUTURE_RUNTIME_LOAD_H

#include "base/log.h"
#include "runtime/sysroot.h"
#include "runtime/transition.h"

struct load_result {
	char *name; /* of the livepatch */
	double seconds; /* from the insertion until the transition was complete */
	struct text_list removed; /* replaced livepatches whose modules were removed */
	struct text_list kept; /* replaced ones that could not be */
	struct blocker_list blockers; /* filled when the transition stalled */
};

void load_result_clear(struct load_result *result);
#define auto_load_result __attribute__((cleanup(load_result_clear)))

/* Preflight, insertion, transition. `wait_seconds`: after that the patch is taken back and the call
 * fails with ERROR_TRANSITION. *result is filled as far as it came, also on failure. */
int livepatch_load(const struct sysroot *root, const char *path, unsigned wait_seconds,
		   const struct progress *progress, struct load_result *result,
		   struct error *err);

/* The same with the module's bytes at hand, which are exactly what the kernel gets; `label` names
 * them in errors. For callers that verified them. */
int livepatch_load_bytes(const struct sysroot *root, const char *label, const void *data,
			 size_t size, unsigned wait_seconds, const struct progress *progress,
			 struct load_result *result, struct error *err);

/* Disables (if it is not yet), waits, removes the module. A stalled transition is turned round
 * again, so that the patch is fully in force as before. */
int livepatch_unload(const struct sysroot *root, const char *name, unsigned wait_seconds,
		     const struct progress *progress, struct load_result *result,
		     struct error *err);

#endif
