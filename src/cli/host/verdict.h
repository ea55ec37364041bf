/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a machine's state means: for scripts, for Nagios, in one word each. */
#ifndef SUTURE_CLI_HOST_VERDICT_H
#define SUTURE_CLI_HOST_VERDICT_H

#include "cli/host/standing.h"

/* The gravest of what is the matter, ERROR_NONE if nothing is; its exit status is the command's.
 * Graver first: apply or crash, configuration or records that make no sense (or an agent that failed:
 * ERROR_FAILED), transition, kernel unsupported, a transition that was forced, verification, stale or
 * never checked, kernel no longer served, held back, update available, and last what the user may not
 * read (ERROR_PERMISSION). */
enum error_code verdict_of(const struct view *view);
/* One sentence about that; caller frees. */
char *verdict_text(const struct view *view, enum error_code code);

/* Nagios' plugin guidelines: 0 ok, 1 warning, 2 critical, 3 unknown. */
int nagios_status(enum error_code code);
/* "SUTURE OK - level 7 ... | level=7 ...", one line. */
void nagios_print(const struct view *view);

#endif
