/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands for patch authors, one file each; the rows are in commands.c. */
#ifndef SUTURE_CLI_AUTHOR_COMMANDS_H
#define SUTURE_CLI_AUTHOR_COMMANDS_H

#include "cli/command.h"

extern const struct command author_commands[];

extern const struct option_row build_options[];
int build_run(const struct args *args, struct error *err);
extern const struct option_row new_options[]; /* new.c */
extern const char new_details[];
int new_run(const struct args *args, struct error *err);
extern const struct option_row inspect_options[];
int inspect_run(const struct args *args, struct error *err);
extern const struct option_row module_verify_options[];
extern const char module_verify_details[];
int run_module_verify(const struct args *args, struct error *err);
extern const struct option_row diff_options[];
int diff_run(const struct args *args, struct error *err);
extern const struct option_row explain_options[];
int explain_run(const struct args *args, struct error *err);

extern const struct option_row try_options[];
extern const char try_details[];
int run_try(const struct args *args, struct error *err);

#endif
