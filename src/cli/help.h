/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --help, made from the command table. */
#ifndef SUTURE_CLI_HELP_H
#define SUTURE_CLI_HELP_H

#include <stdio.h>

#include "cli/command.h"

void help_table(FILE *out, const char *name, const char *summary, const struct command *table);
void help_rows(FILE *out, const struct command *table);
void help_ending(FILE *out, const char *name);
void help_command(FILE *out, const char *name, const struct command *command);

#endif
