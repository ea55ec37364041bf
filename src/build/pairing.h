/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the steps of pairs_build() hand on to each other. Private to src/build. */
#ifndef SUTURE_BUILD_PAIRING_H
#define SUTURE_BUILD_PAIRING_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "build/compile.h"
#include "build/edit.h"
#include "build/pairs.h"
#include "build/unit_record.h"
#include "build/watch.h"

/* One unit on its way. */
struct pairing_unit {
	char *source;
	char *spelled; /* the same path as kbuild writes it, see kbuild_config_find() */
	enum unit_kind kind; /* watched ones are compiled and compared, and never become pairs */
	bool is_direct; /* named in a patch; else reached through what it includes */
	bool is_cached; /* the record and both original objects came from the cache */
	bool is_dropped; /* turned out not to be touched */
	bool is_same_text; /* the preprocessor makes the same of it before and after */
	struct unit_record record;
	struct text_list made_from; /* if not cached: files, as kbuild noted */
	char *plain, *original, *patched; /* in the work folder */
	char *original_deps, *patched_deps;
};

struct pairing {
	const struct kernel *kernel; /* borrowed, as are the options and the result */
	const struct pairs_options *options;
	struct pairs *pairs;
	unsigned jobs;
	struct edit_list edits;
	char *records; /* folder of this kernel's unit records */
	char *key; /* of this kernel in the cache */
	char *original_folder, *patched_folder; /* 1-orig, 2-patched */
	char *authoring; /* folder with the header for authors, for patched sources */
	char *include; /* what makes the compiler read static keys, or NULL */
	char inputs[DIGEST_HEX_SIZE]; /* digest of all that decides what the pairs are */
	struct pairing_unit *units;
	size_t count, capacity;
};

/* select.c: which units the edits touch, as far as the configuration builds them. Fills units;
 * findings for those that are not built, ERROR_REFUSED if that is all. */
int pairing_select(struct pairing *pairing, struct error *err);
/* originals.c: records and plain objects, from the cache or by kbuild. Drops units that are known
 * not to include what is changed. */
int pairing_originals(struct pairing *pairing, struct error *err);
/* replay.c: original and patched objects; keeps new records; drops units that are not touched. */
int pairing_replay(struct pairing *pairing, struct error *err);
/* The same: a tree with the edits in it; the caller frees it. */
struct tree;
int pairing_tree(struct pairing *pairing, struct tree **ret_tree, struct error *err);
/* preprocess.c: what the compiler reads of a unit, before and after the patch. */
int pairing_preprocess(struct pairing *pairing, const struct unit *unit, struct buffer *ret_old,
		       struct buffer *ret_new, struct error *err);
/* A compiler's job for one side of a unit, added to `jobs`: as `tree` has it, which is the
 * patched one or else the kernel's own. */
struct compile_job *pairing_add_job(struct pairing *pairing, struct compile_jobs *jobs,
				    const struct pairing_unit *unit, const struct tree *tree,
				    bool is_patched);
/* same_text.c: finds the units that only a header reaches and whose text the header does not
 * change; with the patched dependencies of each, as a compilation would write them. */
int pairing_compare_texts(struct pairing *pairing, const struct tree *tree, struct error *err);
/* stage.c: marks of finished stages. Load: 1 if the work folder has these very pairs, else 0. */
void pairing_digest(struct pairing *pairing);
int pairing_load(struct pairing *pairing, struct error *err);
int pairing_begin(struct pairing *pairing, struct error *err);
int pairing_complete(struct pairing *pairing, struct error *err);

#endif
