// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/publish/commands.h"

const struct command publish_commands[] = {
	{ .name = "sign", .arguments = "MODULE.ko", .summary = "sign a module as kernels want it",
	  .options = sign_options, .least = 1, .most = 1, .run = run_sign },
	{ .name = "key", .summary = "make and show keys", .commands = key_commands },
	{ .name = "repo", .summary = "a signed repository of modules in a folder",
	  .commands = repo_commands },
	{ 0 },
};
