// SPDX-License-Identifier: GPL-2.0-or-later
/* suture-publish: everything that holds keys or talks to a repository. Run as "suture COMMAND". */
#include "cli/command.h"
#include "cli/publish/commands.h"

int main(int argc, char **argv)
{
	const struct program program = {
		.name = "suture",
		.summary = "signs and publishes livepatches for Linux kernels",
		.commands = publish_commands,
	};

	return program_main(&program, argc, argv);
}
