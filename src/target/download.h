/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packages on their way into the cache's store. What is in the store already and undamaged is not
 * fetched again; what comes is moved into the store whole.
 */
#ifndef SUTURE_TARGET_DOWNLOAD_H
#define SUTURE_TARGET_DOWNLOAD_H

#include "target/apt.h"

struct download { /* some packages, fetched by one run of apt-get; zeroed is a valid empty one */
	const struct package **packages; /* the missing ones; borrowed */
	size_t count, capacity;
	struct process *process; /* NULL: nothing was missing, or finished */
	char *folder; /* where apt-get puts them */
};

/* Path of a package in the store; caller frees. */
int package_path(const struct package *package, char **ret_path, struct error *err);
/* Is it in the store as the archive's lists describe it? What is damaged is removed and said. */
int package_is_stored(const struct package *package, const struct progress *progress,
		      bool *ret_stored, struct error *err);

void download_add(struct download *download, const struct package *package);
/* Starts apt-get in `folder`, which is made. With no packages nothing happens. */
int download_start(struct download *download, const struct apt *apt, const char *folder,
		   struct error *err);
/* Waits and moves the packages to the store. */
int download_finish(struct download *download, struct error *err);
void download_clear(struct download *download); /* ends it if it still runs */

#endif
