// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/companion.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/sibling.h"

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
	auto_free char *path = NULL;
	struct error ignored;

	if (sibling_find(companion->name, &path, &ignored) == 0)
		execv(path, argv);
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
