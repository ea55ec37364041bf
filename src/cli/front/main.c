// SPDX-License-Identifier: GPL-2.0-or-later
/* suture: the front door, which links nothing that a command needs. It knows whose each command is and
 * becomes that program. */
#include "cli/command.h"
#include "cli/companion.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* tests/style/words compares them with the programs' own tables. */
static const struct companion companions[] = {
	{ "suture-host", "For a machine", "suture",
	  WORDS("check", "capture", "load", "unload", "status", "list", "show", "cve", "uname",
		"reboot-needed", "history", "enable", "disable", "refresh", "update", "rollback",
		"pin", "unpin", "block", "unblock", "retry", "config", "schema", "blocking",
		"doctor", "boot", "watch", "transition") },
	{ "suture-author", "For patch authors", "suture-dev",
	  WORDS("inspect", "try", "build", "new", "diff", "verify", "explain") },
	{ "suture-kernel", "For getting kernels to build for", "suture-dev", WORDS("kernel") },
	{ "suture-publish", "For those who sign and publish", "suture-dev",
	  WORDS("sign", "key", "repo") },
	{ 0 },
};

int main(int argc, char **argv)
{
	const struct program program = {
		.name = "suture",
		.summary = "keeps a Linux kernel patched without a reboot",
		.companions = companions,
	};

	return program_main(&program, argc, argv);
}
