/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of a unit of an unpatched kernel, kept in the cache so that neither kbuild nor the
 * compiler has to run for it again: its command, its module, the files it is made from, and its two
 * original objects (as shipped, and with a section for each function). A record counts only as long
 * as each of those files is what it was (size and time of change) and the objects have the digests
 * that were noted, so a half-written or damaged one is just made anew.
 */
#ifndef SUTURE_BUILD_UNIT_RECORD_H
#define SUTURE_BUILD_UNIT_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "target/kernel.h"

struct unit_dep {
	char *path; /* relative to the source tree, or absolute */
	int64_t size, changed; /* bytes; nanoseconds since 1970 */
};

struct unit_record { /* owns everything */
	char *source; /* "fs/proc/meminfo.c" */
	char *module; /* KBUILD_MODNAME */
	bool is_module;
	struct text_list command; /* argv without -o, dependency output and the source */
	struct unit_dep *deps; /* with the source itself */
	size_t dep_count, dep_capacity;
	char plain_digest[DIGEST_HEX_SIZE], original_digest[DIGEST_HEX_SIZE];
};

/* Where this kernel's records are: <cache>/objects/<key>. The key stands for release, build-id,
 * configuration, compiler and place of the source tree; caller frees both. */
int unit_record_folder(const struct kernel *kernel, char **ret_folder, char **ret_key,
		       struct error *err);

/* Looks the unit up and copies its objects to the two paths. 1 found, 0 not found or no longer
 * true, -1 on error. */
int unit_record_find(const struct kernel *kernel, const char *folder, const char *source,
		     const char *plain, const char *original, struct unit_record *ret_record,
		     struct error *err);
/* Keeps a record with its two objects; sets the digests. */
int unit_record_keep(const char *folder, struct unit_record *record, const char *plain,
		     const char *original, struct error *err);
/* Adds a dependency as it is now. */
int unit_record_add_dep(struct unit_record *record, const struct kernel *kernel, const char *path,
			struct error *err);
bool unit_record_depends_on(const struct unit_record *record, const char *path);
void unit_record_clear(struct unit_record *record);

#define auto_unit_record __attribute__((cleanup(unit_record_clear)))

#endif
