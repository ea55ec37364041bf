// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/author/commands.h"

const struct command author_commands[] = {
	{ .name = "kernel", .summary = "fetch, import and list the kernels to build for",
	  .commands = kernel_commands },
	{ 0 },
};
