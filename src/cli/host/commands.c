// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/host/commands.h"

const struct command host_commands[] = {
	{ 0 },
};
