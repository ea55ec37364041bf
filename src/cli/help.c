// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/help.h"

#include "base/memory.h"

void help_rows(FILE *out, const struct command *table)
{
	for (const struct command *row = table; row && row->name; row++)
		fprintf(out, "  %-14s %s\n", row->name, row->summary);
}

void help_table(FILE *out, const char *name, const char *summary, const struct command *table)
{
	fprintf(out, "%s: %s\n\nUsage: %s COMMAND [OPTION...]\n", name, summary, name);
	if (!table)
		return;
	fprintf(out, "\nCommands:\n");
	help_rows(out, table);
}

void help_ending(FILE *out, const char *name)
{
	fprintf(out, "\n'%s COMMAND --help' explains a command; '%s --version' tells the version.\n",
		name, name);
}

static void print_option(FILE *out, const struct option_row *row)
{
	auto_free char *word = xasprintf("--%s%s%s", row->name, row->argument ? " " : "",
					 row->argument ? row->argument : "");

	if (row->letter)
		fprintf(out, "  -%c, %-24s %s\n", row->letter, word, row->help);
	else
		fprintf(out, "      %-24s %s\n", word, row->help);
}

void help_command(FILE *out, const char *name, const struct command *command)
{
	fprintf(out, "%s: %s\n\nUsage: %s [OPTION...] %s\n", name, command->summary, name,
		command->arguments ? command->arguments : "");
	if (command->details)
		fprintf(out, "\n%s\n", command->details);
	fprintf(out, "\nOptions:\n");
	for (const struct option_row *row = command->options; row && row->name; row++)
		print_option(out, row);
	fprintf(out, "  -h, %-24s %s\n", "--help", "show this text");
}
