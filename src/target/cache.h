/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of kernels, and how it stays whole:
 *
 *     <cache>/kernels/REL/           one kernel; it exists once kernel.json is in it, written last
 *     <cache>/kernels/REL/.making/   what is only needed while it is made
 *     <cache>/locks/NAME             a lock for each release, and "apt" for the package lists
 *     <cache>/packages/              downloaded packages, checked
 *     <cache>/apt/                   package lists of our own, where the host's are of no use
 *
 * A kernel is made in its final place, not renamed into it: kbuild and we write its absolute path
 * into files. Whoever holds the lock may make or remove the folder. The lock is inherited by the
 * programs that we run: after a kill -9 it stays held until the last of them has ended, so that the
 * next process never works in a folder that an orphan still writes to.
 */
#ifndef SUTURE_TARGET_CACHE_H
#define SUTURE_TARGET_CACHE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"
#include "target/kernel.h" /* cache_folder() */

#define KERNEL_DESCRIPTION "kernel.json"
#define CACHE_MAKING ".making"

/* A folder in the cache ("packages"), made if need be; caller frees. */
int cache_subfolder(const char *name, char **ret_path, struct error *err);
/* Where this kernel's folder is or would be; caller frees. ERROR_INVALID for a name with '/' or a
 * leading '.', and for one that is too long. */
int cache_kernel_folder(const char *release, char **ret_path, struct error *err);
/* A kernel that is complete. If not, errno says why: EACCES for one that we may not look into. */
bool cache_has_kernel(const char *folder);

/* Waits for the lock, says so if that takes; the caller closes the descriptor. */
int cache_lock(const char *name, const struct progress *progress, int *ret_fd, struct error *err);
/* rm -r of a folder in which a program that was just ended may still have had a hand. */
int cache_discard(const char *folder, struct error *err);
/* Removes what dead processes left half-made. What is locked is somebody's work and stays. */
int cache_sweep(struct error *err);
/* ERROR_SYSTEM if the file system of the cache has not `bytes` free. */
int cache_need_space(const char *folder, unsigned long long bytes, struct error *err);

#endif
