/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A source patch: unified diffs as diff -u and git write them, paths below the tree's root after
 * taking away one leading folder (-p1). Input may be hostile: every size has a limit, and a path
 * that would leave the tree is an error.
 *
 * Format: POSIX diff -u ("Diff -u Output Format"), git-diff(1) ("Generating patch text with -p" and
 * the quoting of core.quotePath in git-config(1)).
 */
#ifndef SUTURE_BUILD_PATCH_H
#define SUTURE_BUILD_PATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define PATCH_SIZE_LIMIT ((size_t)32 << 20) /* bytes of one patch file */
#define PATCH_FILE_LIMIT 10000 /* files in one patch */
#define PATCH_LINE_LIMIT 100000000 /* highest line number in a hunk's header */

struct patch_line {
	char kind; /* ' ' in both texts, '-' only in the old one, '+' only in the new one */
	const char *text; /* in the patch's text, not terminated; with its newline if it has one */
	size_t size; /* bytes, the newline counted */
};

struct hunk {
	size_t old_start, old_count; /* lines from 1; start is the line before if count is 0 */
	size_t new_start, new_count;
	size_t position; /* line number of the "@@" in the patch file */
	struct patch_line *lines;
	size_t count, capacity;
};

struct patch_file {
	char *path; /* "fs/proc/meminfo.c"; the new one if it moves */
	char *old_path; /* where it moves or is copied from; NULL: stays */
	bool is_new, is_deleted, is_copy, is_binary, is_link;
	bool mode_changed;
	bool strips_cr; /* the patch has CR LF ends that the tree has not */
	struct hunk *hunks; /* in the order of the patch */
	size_t count, capacity;
};

struct patch { /* owns everything */
	char *text; /* what was parsed; lines point into it */
	struct patch_file *files;
	size_t count, capacity;
};

/* ERROR_INVALID for anything that is not a patch from start to end, naming the line. */
int patch_parse(const void *data, size_t size, struct patch **ret_patch, struct error *err);
/* patch_parse() on a file of at most PATCH_SIZE_LIMIT bytes; the path is put before errors. */
int patch_read(const char *path, struct patch **ret_patch, struct error *err);
void patch_free(struct patch *patch);

#include "base/memory.h"
DEFINE_AUTO(patch)
#define auto_patch __attribute__((cleanup(auto_patch_cleanup)))

#endif
