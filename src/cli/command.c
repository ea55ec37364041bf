// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/command.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "cli/companion.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/terminal.h"

struct given_option {
	const struct option_row *row;
	const char *value;
};

static const struct given_option *find_given(const struct args *args, const char *option)
{
	for (size_t i = args->given_count; i-- > 0;)
		if (!strcmp(args->given[i].row->name, option))
			return &args->given[i];
	return NULL;
}

bool args_has(const struct args *args, const char *option)
{
	return find_given(args, option) != NULL;
}

const char *args_text(const struct args *args, const char *option)
{
	const struct given_option *given = find_given(args, option);

	return given ? given->value : NULL;
}

void args_all(const struct args *args, const char *option, struct text_list *into)
{
	for (size_t i = 0; i < args->given_count; i++)
		if (!strcmp(args->given[i].row->name, option))
			text_list_add(into, args->given[i].value);
}

int args_number(const struct args *args, const char *option, uint64_t otherwise, uint64_t least,
		uint64_t most, uint64_t *ret_value, struct error *err)
{
	const char *text = args_text(args, option);
	uint64_t value;

	if (!text) {
		*ret_value = otherwise;
		return 0;
	}
	if (text_to_u64(text, &value, err) < 0 || value < least || value > most)
		return error_set(err, ERROR_USAGE,
				 "--%s takes a whole number from %ju to %ju, not '%.64s'", option,
				 (uintmax_t)least, (uintmax_t)most, text);
	*ret_value = value;
	return 0;
}

static bool json_was_printed;

void print_json(const json_value *value)
{
	json_was_printed = true;
	auto_buffer struct buffer text = BUFFER_INIT;

	json_write(value, &text);
	fwrite(text.data, 1, text.size, stdout);
}

static const struct command *find_command(const struct command *table, const char *name)
{
	for (; table && table->name; table++)
		if (!strcmp(table->name, name))
			return table;
	return NULL;
}

/* getopt's view of the rows: values 256 + index, so that every row is found again. */
struct getopt_tables {
	struct option *longs;
	char *shorts;
};

#define ROW_BASE 256

static void make_getopt_tables(const struct command *command, struct getopt_tables *tables)
{
	size_t count = 0;

	for (const struct option_row *row = command->options; row && row->name; row++)
		count++;
	tables->longs = xcalloc(count + 2, sizeof(*tables->longs));
	tables->shorts = xcalloc(2 * count + 4, 1);

	char *next = tables->shorts;

	*next++ = ':'; /* missing arguments come back as ':' */
	*next++ = 'h';
	tables->longs[count] = (struct option){ "help", no_argument, NULL, 'h' };
	for (size_t i = 0; i < count; i++) {
		const struct option_row *row = &command->options[i];

		tables->longs[i] = (struct option){ row->name,
						    row->argument ? required_argument : no_argument,
						    NULL, ROW_BASE + (int)i };
		if (row->letter) {
			*next++ = row->letter;
			if (row->argument)
				*next++ = ':';
		}
	}
}

static const struct option_row *row_of(const struct command *command, int value)
{
	if (value >= ROW_BASE)
		return &command->options[value - ROW_BASE];
	for (const struct option_row *row = command->options; row && row->name; row++)
		if (row->letter == value)
			return row;
	return NULL;
}

/* Returns 1 if help was asked for. Behind an error it reads on: --json says how to tell it. */
static int parse_options(const char *name, const struct command *command, int argc, char **argv,
			 struct args *args, struct error *err)
{
	struct getopt_tables tables;
	int value, result = 0;
	size_t capacity = 0;

	make_getopt_tables(command, &tables);
	opterr = 0;
	optind = 0; /* start anew: glibc */
	while (result != 1 &&
	       (value = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
		const struct option_row *row = row_of(command, value);

		if (value == 'h' && !row) {
			result = result ? result : 1;
		} else if (value == ':' || !row) {
			result = result ? result :
					  error_set(err, ERROR_USAGE,
						    value == ':' ? "%s needs a value; see '%s --help'" :
								   "unknown option %s; see '%s --help'",
						    argv[optind - 1], name);
		} else {
			ARRAY_GROW(args->given, capacity, args->given_count + 1);
			args->given[args->given_count++] = (struct given_option){ row, optarg };
		}
	}
	free(tables.longs);
	free(tables.shorts);
	args->words = (const char *const *)argv + optind;
	args->count = (size_t)(argc - optind);
	return result;
}

static int check_count(const char *name, const struct args *args, struct error *err)
{
	const struct command *command = args->command;

	if (args->count < command->least)
		return error_set(err, ERROR_USAGE, "%s is missing; see '%s --help'",
				 command->arguments, name);
	if (args->count > command->most)
		return error_set(err, ERROR_USAGE, "'%s' is one argument too many; see '%s --help'",
				 args->words[command->most], name);
	return 0;
}

/* With --json whoever reads standard output finds an object there also when there is nothing else. */
static void print_error(const struct error *err)
{
	auto_json json_value *value = NULL;
	json_value *error;

	if (json_was_printed)
		return;
	value = json_new_object();
	error = json_set_object(value, "error");
	json_set_text(error, "code", error_slug(err->code));
	json_set_int(error, "status", error_exit_status(err->code));
	json_set_text(error, "message", err->msg);
	print_json(value);
}

/* What an error quotes may come from strangers. */
static void say_error(const char *name, const struct error *err)
{
	auto_free char *text = text_printable(err->msg, true);

	fprintf(stderr, "%s: %s\n", name, text);
}

/* Answers the exit status. */
static int fail(const char *name, bool is_json, const struct error *err)
{
	if (is_json)
		print_error(err);
	fflush(stdout);
	say_error(name, err);
	return error_exit_status(err->code);
}

static int run_command(const char *name, const struct command *command, int argc, char **argv)
{
	struct error err = ERROR_INIT;
	struct terminal terminal;
	struct args args = { .command = command, .progress = terminal_open(&terminal) };
	int status = parse_options(name, command, argc, argv, &args, &err);

	/* Not before: what the program becomes another one for would never hear of the signal. */
	interrupt_catch();
	if (status == 1) {
		help_command(stdout, name, command);
		status = 0;
	} else if (status == 0) {
		status = check_count(name, &args, &err);
		if (status == 0)
			status = command->run(&args, &err);
	}
	terminal_close(&terminal);
	if (status < 0 && was_interrupted() && err.code != ERROR_INTERRUPTED) {
		/* Whatever it was that could not go on: it was told to end. */
		struct error what = err;

		error_set(&err, ERROR_INTERRUPTED, "interrupted: %s", what.msg);
	}
	if (status < 0)
		status = fail(name, args_has(&args, "json"), &err);
	free(args.given);
	return status;
}

/* A word that is in no table here, of which options are not known. `other`: the companion whose it is, and
 * which could not be run; or NULL. */
static int fail_word(const char *name, char **argv, const struct companion *other)
{
	struct error err = ERROR_INIT;
	bool is_json = false;

	for (char **next = argv + 1; *next; next++)
		is_json |= !strcmp(*next, "--json");
	if (other)
		error_set(&err, ERROR_NOT_FOUND, "'%s %s' is run by %s, which is not installed here; "
			  "it is in the package %s", name, argv[1], other->name, other->package);
	else
		error_set(&err, ERROR_USAGE, "there is no command '%s'; see '%s --help'", argv[1],
			  name);
	return fail(name, is_json, &err);
}

/* "completion SHELL" prints a script, "--completion-rows SHELL" only the part of this table. */
static int run_completion(const struct program *program, const char *shell, bool rows_only)
{
	if (!shell || !is_completion_shell(shell)) {
		fprintf(stderr, "%s completion: bash, zsh or fish?\n", program->name);
		return error_exit_status(ERROR_USAGE);
	}
	if (!rows_only)
		completion_begin(shell, program->name);
	completion_rows(shell, program->name, program->commands);
	fflush(stdout);
	if (rows_only)
		return 0;
	for (const struct companion *other = program->companions; other && other->name; other++)
		companion_complete(other, shell);
	completion_end(shell, program->name);
	return 0;
}

static int run_table(const struct program *program, const char *name, const char *summary,
		     const struct command *table, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	if (!word || !strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
		FILE *out = word ? stdout : stderr;

		help_table(out, name, summary, table);
		if (table == program->commands)
			for (const struct companion *other = program->companions;
			     other && other->name; other++)
				companion_list(other, out);
		help_ending(out, name);
		return word ? 0 : error_exit_status(ERROR_USAGE);
	}
	if (!strcmp(word, "--list-commands")) {
		help_rows(stdout, table);
		return 0;
	}
	if (table == program->commands &&
	    (!strcmp(word, "completion") || !strcmp(word, "--completion-rows")))
		return run_completion(program, argc > 2 ? argv[2] : NULL, *word == '-');
	if (!strcmp(word, "--version")) {
		printf("%s %s\n", program->name, SUTURE_VERSION);
		return 0;
	}

	const struct command *command = find_command(table, word);

	if (!command) {
		const struct companion *other =
			table == program->commands ? companion_find(program->companions, word) : NULL;

		if (other)
			companion_run(other, argv);
		return fail_word(name, argv, other);
	}

	auto_free char *full = xasprintf("%s %s", name, command->name);

	if (command->commands)
		return run_table(program, full, command->summary, command->commands, argc - 1,
				 argv + 1);
	return run_command(full, command, argc - 1, argv + 1);
}

int program_main(const struct program *program, int argc, char **argv)
{
	int status = run_table(program, program->name, program->summary, program->commands, argc,
			       argv);

	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "%s: cannot write the output\n", program->name);
		status = status ? status : 1;
	}
	return status;
}
