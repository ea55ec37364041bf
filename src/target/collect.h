/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel out of a folder of downloaded packages, for distributions whose archive apt does not know
 * here: Debian's and Ubuntu's .deb files, and .rpm files of Fedora, RHEL and their kin. The folder
 * holds image, modules, headers (kernel-devel) and the source: linux-source-*.deb, or the source RPM.
 * The packages are taken as they are: whoever downloaded them has checked them. What is built with
 * them is proven against the shipped code anyhow.
 */
#ifndef SUTURE_TARGET_COLLECT_H
#define SUTURE_TARGET_COLLECT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"
#include "target/kernel.h"

/* `release`: NULL if the folder has one kernel only. ERROR_NOT_FOUND says what is missing from the
 * folder, ERROR_REFUSED that the kernel cannot be built for here. On failure nothing stays. */
int kernel_collect(const char *folder, const char *release, const struct progress *progress,
		   struct kernel **ret_kernel, bool *ret_was_there, struct error *err);

#endif
