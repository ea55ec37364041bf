/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Completion for bash, zsh and fish, made from the command table: "suture completion bash" prints a
 * script for the shell. One program's script may hold the rows of several tables: suture's own and
 * its companions' (cli/companion.h), which print their part with --completion-rows.
 */
#ifndef SUTURE_CLI_COMPLETION_H
#define SUTURE_CLI_COMPLETION_H

#include <stdbool.h>

#include "cli/command.h"

bool is_completion_shell(const char *shell); /* "bash", "zsh", "fish" */
/* To standard output: what stands before the rows, the rows of a table, what stands behind. `name` is
 * the program's, "suture-server". */
void completion_begin(const char *shell, const char *name);
void completion_rows(const char *shell, const char *name, const struct command *table);
void completion_end(const char *shell, const char *name);

#endif
