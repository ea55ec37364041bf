/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /sys/kernel/livepatch as nouns (Documentation/ABI/testing/sysfs-kernel-livepatch), and the
 * livepatch modules that are no longer there but still loaded.
 */
#ifndef SUTURE_RUNTIME_LIVEPATCH_H
#define SUTURE_RUNTIME_LIVEPATCH_H

#include "model/livepatch.h"
#include "runtime/sysroot.h"

#define LIVEPATCH_FOLDER "/sys/kernel/livepatch"

/* Does this kernel have livepatching at all? */
bool livepatch_supported(const struct sysroot *root);
/* All of them: those in sysfs first, oldest first where the kernel tells, then the leftovers. The
 * effect of their functions is unknown yet (runtime/effect.h). Something that comes or goes while
 * it is read is left out. */
int livepatch_read_all(const struct sysroot *root, struct livepatch_list *ret_list,
		       struct error *err);
/* Is there a folder for it in sysfs? It goes away a moment after the patch was disabled. */
bool livepatch_is_present(const struct sysroot *root, const char *name);
/* 1, 0, or -1 if there is none of that name (or it went away). */
int livepatch_enabled(const struct sysroot *root, const char *name);
int livepatch_transition(const struct sysroot *root, const char *name);
/* Writes to `enabled`; during a transition the opposite value reverses it. */
int livepatch_enable(const struct sysroot *root, const char *name, bool on, struct error *err);

#endif
