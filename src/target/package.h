/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debian packages, unpacked without being installed. They come from apt, checked. */
#ifndef SUTURE_TARGET_PACKAGE_H
#define SUTURE_TARGET_PACKAGE_H

#include "base/error.h"
#include "base/process.h"

/* Checks that the file is what the archive's signed lists say: ERROR_VERIFY names it if not. */
int package_check(const char *deb, const char *sha256, struct error *err);
/* Starts unpacking a package below a folder that exists. */
int package_unpack_start(const char *deb, const char *folder, struct process **ret_process,
			 struct error *err);
/* Starts unpacking the kernel source inside a linux-source package: the tree's own top folder is
 * left out, its files stand directly in `folder`, which exists. */
int package_unpack_source_start(const char *deb, const char *series, const char *folder,
				struct process **ret_process, struct error *err);
/* Starts writing one file of a package, "./usr/lib/debug/boot/vmlinux-REL", to `path`. */
int package_extract_start(const char *deb, const char *member, const char *path,
			  struct process **ret_process, struct error *err);
/* Waits for it; `deb` is for the error, which names it. Takes the process over. */
int package_unpack_finish(struct process *process, const char *deb, struct error *err);

#endif
