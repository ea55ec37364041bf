/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands for a machine itself, one file each; the rows are in commands.c. */
#ifndef SUTURE_CLI_HOST_COMMANDS_H
#define SUTURE_CLI_HOST_COMMANDS_H

#include "cli/command.h"

extern const struct command host_commands[];

int command_block(const struct args *args, struct error *err);
int command_blocking(const struct args *args, struct error *err);
int command_boot_apply(const struct args *args, struct error *err);
int command_boot_commit(const struct args *args, struct error *err);
int command_boot_disable(const struct args *args, struct error *err);
int command_boot_enable(const struct args *args, struct error *err);
int command_boot_end(const struct args *args, struct error *err);
int command_boot_list(const struct args *args, struct error *err);
int command_capture(const struct args *args, struct error *err);
int command_check(const struct args *args, struct error *err);
int command_config_get(const struct args *args, struct error *err);
int command_config_set(const struct args *args, struct error *err);
int command_config_unset(const struct args *args, struct error *err);
int command_cve(const struct args *args, struct error *err);
int command_disable(const struct args *args, struct error *err);
int command_doctor(const struct args *args, struct error *err);
int command_enable(const struct args *args, struct error *err);
int command_history(const struct args *args, struct error *err);
int command_list(const struct args *args, struct error *err);
int command_load(const struct args *args, struct error *err);
int command_pin(const struct args *args, struct error *err);
int command_reboot_needed(const struct args *args, struct error *err);
int command_refresh(const struct args *args, struct error *err);
int command_retry(const struct args *args, struct error *err);
int command_rollback(const struct args *args, struct error *err);
int command_schema(const struct args *args, struct error *err);
int command_show(const struct args *args, struct error *err);
int command_status(const struct args *args, struct error *err);
int command_transition_force(const struct args *args, struct error *err);
int command_transition_reverse(const struct args *args, struct error *err);
int command_transition_wait(const struct args *args, struct error *err);
int command_uname(const struct args *args, struct error *err);
int command_unblock(const struct args *args, struct error *err);
int command_unload(const struct args *args, struct error *err);
int command_unpin(const struct args *args, struct error *err);
int command_watch(const struct args *args, struct error *err);
int command_update(const struct args *args, struct error *err);

#endif
