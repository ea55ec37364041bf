// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/companion.h"

#include <limits.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

const struct companion *companion_find(const struct companion *table, const char *command)
{
	for (; table && table->name; table++)
		for (const char *const *next = table->commands; *next; next++)
			if (!strcmp(*next, command))
				return table;
	return NULL;
}

void companion_run(const struct companion *companion, char **argv)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length <= 0)
		return;
	self[length] = 0;

	auto_free char *beside = xasprintf("%.*s%s", (int)(path_base(self) - self), self,
					   companion->name);
	auto_free char *installed = xasprintf("%s/%s", SUTURE_LIBEXEC, companion->name);

	execv(beside, argv);
	execv(installed, argv);
}

/* What it prints when it is asked so goes to `out`. */
static void ask(const struct companion *companion, char **argv, FILE *out, const char *otherwise)
{
	fflush(out);

	pid_t child = fork();

	if (child == 0) {
		dup2(fileno(out), STDOUT_FILENO);
		companion_run(companion, argv);
		printf("%s", otherwise);
		fflush(stdout);
		_exit(0);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

void companion_list(const struct companion *companion, FILE *out)
{
	auto_free char *missing = xasprintf("  (not installed here: the package %s)\n",
					    companion->package);
	char *argv[] = { "suture", "--list-commands", NULL };

	fprintf(out, "\n%s:\n", companion->heading);
	ask(companion, argv, out, missing);
}

void companion_complete(const struct companion *companion, const char *shell)
{
	char *argv[] = { "suture", "--completion-rows", (char *)shell, NULL };

	ask(companion, argv, stdout, "");
}
