// SPDX-License-Identifier: GPL-2.0-or-later
/* suture-kernel: gets kernels to build for, out of archives and packages. Run as "suture kernel". */
#include "cli/command.h"
#include "cli/kernel/commands.h"

static const struct command commands[] = {
	{ .name = "kernel", .summary = "fetch, import and list the kernels to build for",
	  .commands = kernel_commands },
	{ 0 },
};

int main(int argc, char **argv)
{
	const struct program program = {
		.name = "suture",
		.summary = "gets the kernels that livepatches are made for",
		.commands = commands,
	};

	return program_main(&program, argc, argv);
}
