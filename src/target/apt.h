/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apt, used without touching the host: it reads the host's sources, keyrings and package lists, and
 * downloads into our cache with its own signature check. Where the host has no lists of use (a
 * fresh container, lists older than the mirror), lists of our own are kept in <cache>/apt. Works
 * for ordinary users.
 */
#ifndef SUTURE_TARGET_APT_H
#define SUTURE_TARGET_APT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"
#include "target/release.h"

struct apt {
	struct text_list options; /* "-o", "Name=value", ... for every call */
	struct text_list environment; /* on top of ours */
	bool own_lists; /* <cache>/apt instead of the host's */
};

/* With the host's lists. ERROR_TOOL if there is no apt here. */
int apt_open(struct apt *ret_apt, struct error *err);
void apt_clear(struct apt *apt);
#define auto_apt __attribute__((cleanup(apt_clear)))
/* Goes over to lists of our own and brings them up to date, unless that was done in the last ten
 * minutes. ERROR_TEMPORARY if nothing can be reached. */
int apt_use_own_lists(struct apt *apt, const struct progress *progress, struct error *err);

/* Names of all known packages that begin like that, one a line. */
int apt_names(const struct apt *apt, const char *prefix, struct buffer *into, struct error *err);
/* All versions of these packages; unknown names are left out. */
int apt_versions(const struct apt *apt, const struct text_list *names, struct package_list *into,
		 struct error *err);

struct package { /* owns its texts */
	char *name, *version;
	char *depends; /* as in the control file, or "" */
	char *file; /* "linux-kbuild-6.1_6.1.192-2_amd64.deb": base name of its file */
	char *sha256; /* of the file, hexadecimal */
	unsigned long long size; /* of the file, bytes */
};
struct package_details {
	struct package *items;
	size_t count, capacity;
};
void package_details_clear(struct package_details *details);
#define auto_package_details __attribute__((cleanup(package_details_clear)))
/* What "apt-cache show" prints; stanzas without name, version, file and digest are left out. */
void package_details_parse(const char *show, struct package_details *into);
/* The first package of the list that `depends` names and that begins and ends like that; NULL. */
char *depends_find(const char *depends, const char *prefix, const char *suffix);
/* Details of "name=version" each. */
int apt_details(const struct apt *apt, const struct text_list *specs,
		struct package_details *into, struct error *err);

/* Starts the download of these packages into a folder that exists; process_finish() and then
 * apt_download_check() tell how it went. */
int apt_download_start(const struct apt *apt, const char *folder, const struct text_list *specs,
		       struct process **ret_process, struct error *err);
int apt_download_check(const struct process_result *result, struct error *err);

#endif
