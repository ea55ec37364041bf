/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernels that are installed on a machine, and whether one of them is newer than the running
 * one: by release in /boot, and by version where the package manager replaced the files of the very
 * release that runs.
 */
#ifndef SUTURE_RUNTIME_INSTALLED_H
#define SUTURE_RUNTIME_INSTALLED_H

#include "model/kernel_id.h"
#include "runtime/sysroot.h"

/* The newest release in /boot of the running one's flavour that is newer than it, or NULL. */
char *installed_newer_release(const struct sysroot *root, const struct kernel_id *running);
/* The version of the package of the running release, if that is newer than what was booted
 * (dpkg's status file against "Debian 6.1.192-2" in uname -v), or NULL. Callers free both. */
char *installed_newer_version(const struct sysroot *root, const struct kernel_id *running);
/* What a release ends with: "-cloud-amd64" of "6.1.0-56-cloud-amd64"; "" where there is nothing. */
const char *release_flavour(const char *release);

#endif
