/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compilers run side by side, with the commands that kbuild used. */
#ifndef SUTURE_BUILD_COMPILE_H
#define SUTURE_BUILD_COMPILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

struct compile_job { /* owns its texts */
	char *source; /* relative to `tree` */
	char *tree; /* where to compile: a real path, without links */
	/* The tree that the command was made for: paths into it are led to `tree`, and the debug
	 * information names it, so that the same code compiled in two trees gives the same
	 * object. NULL: it is `tree`. */
	char *shown_tree;
	const char *include; /* borrowed: a file that is included before everything, or NULL */
	const char *include_folder; /* borrowed: where else to look for headers, last; or NULL */
	const struct text_list *command; /* borrowed: argv without -o and the source */
	char *object; /* written; its folder exists */
	bool only_text; /* the object is the text that the preprocessor makes */
	char *deps; /* the compiler's dependency file, written */
};

struct compile_jobs {
	struct compile_job *items;
	size_t count, capacity;
};

/* Runs all with at most `at_once` compilers. The first that fails ends the others: ERROR_TOOL with
 * the compiler's words, and *ret_failed is its index. */
int compile_run(const struct compile_jobs *jobs, unsigned at_once, const struct progress *progress,
		size_t *ret_failed, struct error *err);
void compile_jobs_clear(struct compile_jobs *jobs);

/* Adds the command's words to `argv`, with paths into `shown_tree` (NULL: none) led to `tree`. */
void compile_command(const struct text_list *command, const char *shown_tree, const char *tree,
		     struct text_list *argv);

/* The files of a dependency file (make's syntax, as -MMD writes it), the source included, relative
 * ones without "." and "..". */
int compile_read_deps(const char *path, struct text_list *ret_files, struct error *err);

#define auto_compile_jobs __attribute__((cleanup(compile_jobs_clear)))

#endif
