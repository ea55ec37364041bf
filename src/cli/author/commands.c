// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/author/commands.h"

const struct command author_commands[] = {
	{ .name = "kernel", .summary = "fetch, import and list the kernels to build for",
	  .commands = kernel_commands },
	{ "try", "[FILE.ko|PATCH...]", "try a livepatch on its kernel in a throw-away machine",
	  try_details, try_options, 0, ANY_NUMBER, run_try },
	{ 0 },
};
