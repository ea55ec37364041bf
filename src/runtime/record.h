/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel forgets to tell of a livepatch: when its transition was complete, and whether one
 * was forced. Kept in /run/suture/livepatch/NAME, which a reboot empties; for patches loaded by
 * others the kernel's log is asked, as long as it reaches back.
 */
#ifndef SUTURE_RUNTIME_RECORD_H
#define SUTURE_RUNTIME_RECORD_H

#include "model/livepatch.h"
#include "runtime/sysroot.h"

/* Notes down that the transition of `name` was complete now, or forced. Best effort: a machine
 * without a writable /run is patched all the same. */
void record_applied(const char *name);
void record_forced(const char *name);
void record_remove(const char *name);
/* Fills `since` and `forced`. */
void record_read(const struct sysroot *root, struct livepatch_list *patches);

#endif
