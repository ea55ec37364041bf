// SPDX-License-Identifier: GPL-2.0-or-later
/* Preloaded: ends the process by SIGKILL just before or just after its n-th rename, as a power cut
 * would. DIE_AT=3 before the third, DIE_AT=-3 after it. */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int rename(const char *from, const char *to)
{
	static int count;
	int (*real)(const char *, const char *) =
		(int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
	const char *text = getenv("DIE_AT");
	int at = text ? atoi(text) : 0;

	count++;
	if (at == count)
		kill(getpid(), SIGKILL);

	int result = real(from, to);

	if (at == -count)
		kill(getpid(), SIGKILL);
	return result;
}
