/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other programs with commands of the same family, as git has them: "suture diff" is run by
 * suture-author. Each stands beside this program, or in libexec; one may not be installed.
 */
#ifndef SUTURE_CLI_COMPANION_H
#define SUTURE_CLI_COMPANION_H

#include <stdbool.h>
#include <stdio.h>

struct companion {
	const char *name; /* "suture-author"; a row with NULL ends the table */
	const char *heading; /* over its commands in --help: "For patch authors" */
	const char *package; /* Debian's that it is in */
	const char *const *commands; /* the first words of its commands; ends with NULL */
};

/* Whose command the word is: a row of the table, which may be NULL; NULL: nobody's. */
const struct companion *companion_find(const struct companion *table, const char *command);
/* Becomes that program. Returns if it is not there. */
void companion_run(const struct companion *companion, char **argv);
/* Its commands, a row each, under the heading. */
void companion_list(const struct companion *companion, FILE *out);
/* The rows of its table for completion in a shell, to standard output. */
void companion_complete(const struct companion *companion, const char *shell);

#endif
