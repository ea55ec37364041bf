/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands for a machine itself, one file each; the rows are in commands.c. */
#ifndef SUTURE_CLI_HOST_COMMANDS_H
#define SUTURE_CLI_HOST_COMMANDS_H

#include "cli/command.h"

extern const struct command host_commands[];

int command_blocking(const struct args *args, struct error *err);
int command_boot_apply(const struct args *args, struct error *err);
int command_boot_commit(const struct args *args, struct error *err);
int command_boot_disable(const struct args *args, struct error *err);
int command_boot_enable(const struct args *args, struct error *err);
int command_boot_end(const struct args *args, struct error *err);
int command_boot_list(const struct args *args, struct error *err);
int command_capture(const struct args *args, struct error *err);
int command_check(const struct args *args, struct error *err);
int command_doctor(const struct args *args, struct error *err);
int command_list(const struct args *args, struct error *err);
int command_load(const struct args *args, struct error *err);
int command_schema(const struct args *args, struct error *err);
int command_status(const struct args *args, struct error *err);
int command_transition_force(const struct args *args, struct error *err);
int command_transition_reverse(const struct args *args, struct error *err);
int command_transition_wait(const struct args *args, struct error *err);
int command_unload(const struct args *args, struct error *err);

#endif
