/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and versions of Debian's kernel packages, and which of them make a kernel that we can build
 * for: image, headers and source in exactly the same version. All pure: text in, answer out.
 */
#ifndef SUTURE_TARGET_RELEASE_H
#define SUTURE_TARGET_RELEASE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "base/version.h"


/* "6.1" of "6.1.0-56-cloud-amd64"; NULL if it does not begin like that. Caller frees. */
char *release_series(const char *release);
/* Is it a release, and not the name of a meta package ("6.12-cloud-amd64", of linux-image-...)? */
bool is_release(const char *release);
/* Is it a kernel of the flavour "cloud" or "generic" (Debian: no word before -amd64)? "-rt" kernels
 * are neither. */
bool release_has_flavour(const char *release, const char *flavour);

/* Packages as "apt-cache madison" prints them. */
struct package_list {
	struct package_row {
		char *name, *version;
	} *rows;
	size_t count, capacity;
};
void package_list_clear(struct package_list *list);
#define auto_package_list __attribute__((cleanup(package_list_clear)))
/* Lines that are not of the form "name | version | where" are left out. */
void package_list_parse(const char *madison, struct package_list *into);
bool package_list_has(const struct package_list *list, const char *name, const char *version);
/* The oldest version of the package that is not older than that, borrowed; or NULL. */
const char *package_list_nearest(const struct package_list *list, const char *name,
				 const char *version);

/* The releases among package names, one a line, that have an image: those of the series and
 * flavour (NULL: any). */
void release_names(const char *pkgnames, const char *series, const char *flavour,
		   struct text_list *into);

struct release_choice { /* owns its texts */
	char *release, *version;
	char *newer; /* a newer release that could not be taken: its source is missing; or NULL */
};
void release_choice_clear(struct release_choice *choice);
/* The newest of the releases that is complete. False if none is. */
bool release_choose(const struct text_list *releases, const struct package_list *packages,
		    struct release_choice *ret_choice);
/* All that are complete, oldest first. */
void release_complete(const struct text_list *releases, const struct package_list *packages,
		      struct text_list *into);

#endif
