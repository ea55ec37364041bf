/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands as rows of a table. The table is the only place that knows a command's words: parsing,
 * --help, completion and the check that every option is in the man page all read it.
 */
#ifndef SUTURE_CLI_COMMAND_H
#define SUTURE_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

struct option_row {
	const char *name; /* without the dashes: "json"; a row with NULL ends the table */
	char letter; /* 'o' for -o, or 0 */
	const char *argument; /* "FILE"; NULL for a flag */
	const char *help;
};

struct args;
struct companion; /* cli/companion.h */

struct command {
	const char *name; /* "build"; a row with NULL ends the table */
	const char *arguments; /* "[--kernel REL] PATCH..." without the options: "PATCH..." */
	const char *summary; /* one line, no full stop */
	const char *details; /* more for --help, or NULL */
	const struct option_row *options; /* or NULL */
	unsigned least, most; /* how many positional arguments; most 0 with least 0: none */
	/* Returns an exit status >= 0, or -1 with *err set, which main() prints and turns into
	 * the exit status of the error's code. */
	int (*run)(const struct args *args, struct error *err);
	const struct command *commands; /* a group ("kernel fetch"): run is NULL then */
};

#define ANY_NUMBER (~0u)

/* What was on the command line. */
struct args {
	const struct command *command;
	const char *const *words; /* positional, ends with NULL */
	size_t count;
	const struct progress *progress; /* shows a line on a terminal; never NULL */
	struct given_option *given;
	size_t given_count;
};

bool args_has(const struct args *args, const char *option);
/* The last one given, or NULL. */
const char *args_text(const struct args *args, const char *option);
/* All values of an option that may be repeated, in order. */
void args_all(const struct args *args, const char *option, struct text_list *into);
/* A whole number in [least, most]; `otherwise` if not given. */
int args_number(const struct args *args, const char *option, uint64_t otherwise, uint64_t least,
		uint64_t most, uint64_t *ret_value, struct error *err);

/* A main() in one call: finds the command, parses, runs, prints the error, answers the exit status. */
struct program {
	const char *name; /* "suture" */
	const char *summary;
	const struct command *commands; /* its own, or NULL */
	/* Programs with more commands, in --help and completion as well. NULL: none. */
	const struct companion *companions;
};
int program_main(const struct program *program, int argc, char **argv);

/* Prints to standard output, in JSON where --json was given. */
typedef struct json_t json_value;
void print_json(const json_value *value);

#endif
