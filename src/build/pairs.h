/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From source diffs to object pairs: which units a patch touches, each compiled as it was and as it
 * will be, with the distribution's own flags. Compiler output only: objtool has not run on the
 * pair, so that everything in it is what the compiler meant (the emitted module gets its objtool
 * run later, see emit/).
 */
#ifndef SUTURE_BUILD_PAIRS_H
#define SUTURE_BUILD_PAIRS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "build/edit.h"
#include "model/rule.h"
#include "target/kernel.h"

struct unit { /* one translation unit; owns its texts */
	char *source; /* "fs/proc/meminfo.c" */
	char *object; /* who carries it: "vmlinux", or the module as the kernel spells it */
	bool is_module; /* compiled with -DMODULE */
	/* Compiled with -ffunction-sections -fdata-sections, absolute paths. */
	char *original; /* before the patch */
	char *patched; /* after it */
	/* Compiled by kbuild exactly as shipped, objtool included where kbuild runs it for a unit.
	 * Proof of identity and of the position of namesakes stand on this one. */
	char *plain;
	struct text_list command; /* argv that compiles the unit, without -o and the source */
};

struct pairs {
	struct unit *units;
	size_t count, capacity;
	struct text_list files; /* source files that the patches touch, "fs/proc/meminfo.c" */
	struct edit_list edits; /* what the patches do to the tree */
	struct text_list notes; /* hunks that were found elsewhere, or with fuzz */
	struct finding_list findings;
};

struct pairs_options {
	const char *work; /* work folder, exists; stages 1-orig and 2-patched are made in it */
	unsigned jobs; /* compilers at a time; 0: one a processor */
	/* Both sides test static keys by reading them (build/key_reads.h): needs no jump label. */
	bool reads_keys;
	unsigned fuzz; /* how much fuzz a hunk may have: 0 = none */
	unsigned unit_limit; /* most units that the patches may reach, ERROR_INVALID beyond; 0: any */
	const struct progress *progress;
};

/* `patches`: paths of unified diffs, -p1, applied in order. ERROR_INVALID for what is no patch or
 * does not apply, ERROR_REFUSED (see findings) for what cannot become a livepatch, ERROR_NOTHING if
 * every unit compiles to the very same object, ERROR_TOOL with the compiler's words if a unit does
 * not compile. *ret_pairs is filled as far as it went even on failure, for the report; caller
 * clears.
 *
 * Units are left out whose object is the same to the last byte: most of those that a header
 * reaches. A unit that several modules share is there once for each, with the same objects. */
int pairs_build(const struct kernel *kernel, const struct text_list *patches,
		const struct pairs_options *options, struct pairs *ret_pairs, struct error *err);
void pairs_clear(struct pairs *pairs);

/* What the compiler reads of a unit after the preprocessor, with line markers, before and after the
 * patches: for questions that objects do not answer. Patches and options as in pairs_build(). Caller
 * clears the buffers. */
int pairs_preprocess(const struct kernel *kernel, const struct text_list *patches,
		     const struct pairs_options *options, const struct unit *unit,
		     struct buffer *ret_old, struct buffer *ret_new, struct error *err);

#endif
