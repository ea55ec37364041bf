/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that get kernels to build for. */
#ifndef SUTURE_CLI_KERNEL_COMMANDS_H
#define SUTURE_CLI_KERNEL_COMMANDS_H

#include "cli/command.h"

extern const struct command kernel_commands[]; /* kernel.c */

#endif
