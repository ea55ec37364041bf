// SPDX-License-Identifier: GPL-2.0-or-later
/* suture-server: enrolment, check-ins and the static repository. It holds no signing key. */
#include "cli/server/commands.h"

int main(int argc, char **argv)
{
	const struct program program = {
		.name = "suture-server",
		.summary = "enrols machines, hears how they are, serves the repository",
		.commands = server_commands,
	};

	return program_main(&program, argc, argv);
}
