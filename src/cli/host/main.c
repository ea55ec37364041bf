// SPDX-License-Identifier: GPL-2.0-or-later
/* suture-host: the commands for a machine itself. Run as "suture COMMAND". */
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/host/commands.h"

int main(int argc, char **argv)
{
	const struct program program = {
		.name = "suture",
		.summary = "keeps a Linux kernel patched without a reboot",
		.commands = host_commands,
	};

	umask(umask(077) | 022); /* what is root's is nobody else's to write */
	return program_main(&program, argc, argv);
}
