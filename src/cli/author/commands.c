// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/author/commands.h"

const struct command author_commands[] = {
	{ 0 },
};
