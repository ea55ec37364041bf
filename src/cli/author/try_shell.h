/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step of a trial that is a shell for whoever sits at our standard input. */
#ifndef SUTURE_CLI_AUTHOR_TRY_SHELL_H
#define SUTURE_CLI_AUTHOR_TRY_SHELL_H

#include <stdbool.h>

/* Is it a person at a terminal, or a program that feeds us commands? */
bool shell_is_terminal(void);
/* The step's script: the terminal set up, a network if there is one, the shell. Caller frees. */
char *shell_script(const char *release, bool network);

#endif
