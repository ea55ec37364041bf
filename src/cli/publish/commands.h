/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands for those who sign and publish, one file each; the rows are in commands.c. */
#ifndef SUTURE_CLI_PUBLISH_COMMANDS_H
#define SUTURE_CLI_PUBLISH_COMMANDS_H

#include "cli/command.h"

extern const struct command publish_commands[];

extern const struct command key_commands[]; /* key.c */
extern const struct command repo_commands[]; /* repo.c */
extern const struct option_row sign_options[]; /* sign.c */
int run_sign(const struct args *args, struct error *err);

#endif
