// SPDX-License-Identifier: GPL-2.0-or-later
/* suture: the front. Commands for a machine itself run here; the rest is suture-author's. */
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

/* A machine that only loads patches has no suture-author: then there is nothing to list. */
static void ask_author(char **argv, FILE *out, const char *otherwise)
{
	pid_t child = fork();

	if (child == 0) {
		dup2(fileno(out), STDOUT_FILENO);
		run_author(argv);
		printf("%s", otherwise);
		fflush(stdout);
		_exit(0);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

static void list_author_commands(FILE *out)
{
	char *argv[] = { "suture", "--list-commands", NULL };

	ask_author(argv, out, "  (not installed here: suture-author)\n");
}

static void complete_author_commands(const char *shell)
{
	char *argv[] = { "suture", "--completion-rows", (char *)shell, NULL };

	ask_author(argv, stdout, "");
}

int main(int argc, char **argv)
{
	const struct program program = {
		.name = "suture",
		.summary = "keeps a Linux kernel patched without a reboot",
		.commands = host_commands,
		.more_rows = list_author_commands,
		.more_completion = complete_author_commands,
		.otherwise = run_author,
	};

	umask(umask(077) | 022); /* what is root's is nobody else's to write */
	return program_main(&program, argc, argv);
}
