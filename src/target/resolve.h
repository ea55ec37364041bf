/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which packages make the kernel that was asked for. */
#ifndef SUTURE_TARGET_RESOLVE_H
#define SUTURE_TARGET_RESOLVE_H

#include "target/apt.h"
#include "target/fetch.h"

struct resolution { /* owns everything */
	char *release, *version, *series;
	/* image, headers, headers-common, kbuild, source, and with debuginfo the debug package */
	struct package_details packages;
};
void resolution_clear(struct resolution *resolution);
#define auto_resolution __attribute__((cleanup(resolution_clear)))

/* Which release, by the host's package lists or, if they know none, by lists of our own. */
int release_resolve(struct apt *apt, const struct fetch_request *request,
		    struct resolution *ret_resolution, struct error *err);
/* Fills in the packages of a resolved release. */
int packages_resolve(const struct apt *apt, bool debuginfo, struct resolution *resolution,
		     struct error *err);

#endif
