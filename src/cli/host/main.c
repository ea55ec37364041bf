// SPDX-License-Identifier: GPL-2.0-or-later
/* suture: the front. Commands for a machine itself run here; the rest are its companions'. */
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/companion.h"
#include "cli/host/commands.h"

int main(int argc, char **argv)
{
	static const struct companion companions[] = {
		{ "suture-author", "For patch authors" },
		{ "suture-kernel", "For getting kernels to build for" },
		{ "suture-publish", "For those who sign and publish" },
		{ 0 },
	};
	const struct program program = {
		.name = "suture",
		.summary = "keeps a Linux kernel patched without a reboot",
		.commands = host_commands,
		.companions = companions,
	};

	umask(umask(077) | 022); /* what is root's is nobody else's to write */
	return program_main(&program, argc, argv);
}
