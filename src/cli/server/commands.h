/* SPDX-License-Identifier: GPL-2.0-or-later */
/* suture-server's commands. */
#ifndef SUTURE_CLI_SERVER_COMMANDS_H
#define SUTURE_CLI_SERVER_COMMANDS_H

#include "cli/command.h"
#include "server/settings.h"

extern const struct command server_commands[];

int command_run(const struct args *args, struct error *err);
int command_token_new(const struct args *args, struct error *err);
int command_token_list(const struct args *args, struct error *err);
int command_token_revoke(const struct args *args, struct error *err);
int command_machine_list(const struct args *args, struct error *err);
int command_machine_revoke(const struct args *args, struct error *err);
int command_machine_forget(const struct args *args, struct error *err);
int command_machine_set(const struct args *args, struct error *err);

/* The file of --config, or /etc/suture/server.conf where it is there, with the options on top. */
int settings_of_args(const struct args *args, struct settings *settings, struct error *err);
struct database;
/* What --database or the settings name. ERROR_NOT_FOUND where there is none: asked for in the wrong place, an
 * empty one would be a wrong answer. */
int database_of_args(const struct args *args, struct database **ret_database, struct error *err);
/* The same, and makes it. */
int database_to_begin(const struct args *args, struct database **ret_database, struct error *err);
/* "2026-11-22 17:00 UTC", or "-" for 0; `size` at least 32. */
void format_time(int64_t time, char *into, size_t size);

#endif
