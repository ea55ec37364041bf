/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of progress on standard error, rewritten in place, and only where standard error is a
 * terminal. Notes go to standard error always.
 */
#ifndef SUTURE_CLI_TERMINAL_H
#define SUTURE_CLI_TERMINAL_H

#include <stdbool.h>

#include "base/log.h"

struct terminal {
	struct progress progress;
	bool is_terminal;
	bool line_shown;
};

const struct progress *terminal_open(struct terminal *terminal);
/* Wipes the progress line. */
void terminal_close(struct terminal *terminal);

#endif
