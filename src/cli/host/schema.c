// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/host/commands.h"
#include "model/status.h"

static const struct {
	const char *name, *text;
} schemas[] = {
	{ "status", status_schema },
};

int command_schema(const struct args *args, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemas); i++)
		if (!strcmp(schemas[i].name, args->words[0])) {
			fputs(schemas[i].text, stdout);
			return 0;
		}
	return error_set(err, ERROR_NOT_FOUND, "there is no schema '%.64s'; there is: status",
			 args->words[0]);
}
