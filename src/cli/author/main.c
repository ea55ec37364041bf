// SPDX-License-Identifier: GPL-2.0-or-later
/* suture-author: everything that makes, proves and tries patches. Run as "suture COMMAND". */
#include "cli/author/commands.h"
#include "cli/command.h"

int main(int argc, char **argv)
{
	const struct program program = {
		.name = "suture",
		.summary = "makes livepatches for Linux kernels",
		.commands = author_commands,
	};

	return program_main(&program, argc, argv);
}
