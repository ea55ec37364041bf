// SPDX-License-Identifier: GPL-2.0-or-later
/* suture: the front. Commands for a machine itself run here; the rest is suture-author's. */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/host/commands.h"

/* suture-author stands beside this program, or in libexec; git does it the same way. */
static void run_author(char **argv)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length <= 0)
		return;
	self[length] = 0;

	auto_free char *beside = xasprintf("%s-author", self);

	execv(beside, argv);
	execv(SUTURE_LIBEXEC "/suture-author", argv);
}

int main(int argc, char **argv)
{
	const struct program program = {
		.name = "suture",
		.summary = "keeps a Linux kernel patched without a reboot",
		.commands = host_commands,
		.otherwise = run_author,
	};

	return program_main(&program, argc, argv);
}
