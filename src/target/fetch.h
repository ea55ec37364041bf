/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Gets a stock Debian kernel into the cache: image, headers, kbuild and the source of the same
 * version, downloaded and checked by apt, unpacked and prepared, nothing installed.
 */
#ifndef SUTURE_TARGET_FETCH_H
#define SUTURE_TARGET_FETCH_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "target/kernel.h"

struct fetch_request {
	const char *release; /* this one; or NULL and the newest of: */
	const char *series; /* "6.1" */
	const char *flavour; /* "cloud" or "generic" */
	bool debuginfo; /* the vmlinux with symbols as well */
	const struct progress *progress;
};

/* Idempotent, and safe against other processes. ERROR_NOT_FOUND says what there is,
 * ERROR_TEMPORARY that the archive could not be reached, ERROR_REFUSED that the kernel cannot be
 * built for here. On failure nothing of it stays but checked packages. */
int kernel_fetch(const struct fetch_request *request, struct kernel **ret_kernel,
		 bool *ret_was_there, struct error *err);

/* What could be fetched of a series and flavour (NULL: any), oldest first: all releases that the
 * archive has image, headers and source of in the same version. Reads package lists only. */
int releases_available(const struct fetch_request *request, struct text_list *into,
		       struct error *err);

/*
 * Takes a kernel that someone built, without copying it: vmlinux, .config, Module.symvers and the
 * modules stay in its build tree. Importing again brings the description up to date.
 */
int kernel_import(const char *build_tree, const struct progress *progress,
		  struct kernel **ret_kernel, struct error *err);

#endif
