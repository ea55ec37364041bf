// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/compiler.h"

#include <ctype.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/process.h"

#define GCC_PREFIX "x86_64-linux-gnu-"

/* Between the packager's name and the version: "Debian clang version 14.0.6",
 * "clang version 16.0.6 (address commit)". */
static const char clang_mark[] = "clang version ";

static const char *clang_version(const char *text)
{
	const char *mark = strstr(text, clang_mark);

	return mark && (mark == text || mark[-1] == ' ') ? mark + strlen(clang_mark) : NULL;
}

/* The version in the first line of --version, with what a packager adds to it: clang's stands in
 * the middle, gcc's at the end. Caller frees. */
static char *version_of(const char *line)
{
	const char *version = clang_version(line);
	const char *space = strrchr(line, ' ');

	if (version)
		return xstrndup(version, strcspn(version, " "));
	return xstrdup(space ? space + 1 : line);
}

static int clang_programs(const char *text, const char *version, struct text_list *into,
			  struct error *err)
{
	size_t digits = strspn(version, "0123456789");

	if (digits < 1 || digits > 3 || version[digits] != '.')
		return error_set(err, ERROR_REFUSED,
				 "compiler-mismatch: '%.80s' does not say which clang it is", text);
	text_list_printf(into, "clang-%.*s", (int)digits, version);
	text_list_add(into, "clang");
	return 0;
}

int compiler_programs(const char *text, struct text_list *into, struct error *err)
{
	const char *version = clang_version(text);
	size_t length = strcspn(text, " ");

	if (version)
		return clang_programs(text, version, into, err);
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("+-._", text[i]))
			return error_set(err, ERROR_REFUSED,
					 "compiler-mismatch: '%.80s' is not the name of a compiler",
					 text);

	auto_free char *program = xstrndup(text, length);

	if (program[0] == '-' || !strstr(program, "gcc"))
		return error_set(err, ERROR_REFUSED,
				 "compiler-mismatch: the kernel was compiled with '%.80s', which is "
				 "neither gcc nor clang", text);
	text_list_add(into, program);
	if (has_prefix(program, GCC_PREFIX))
		text_list_add(into, program + strlen(GCC_PREFIX));
	return 0;
}

/* First line of "PROGRAM --version"; NULL if it cannot be run. Caller frees. */
static char *first_line(const char *program)
{
	const char *const argv[] = { program, "--version", NULL };
	const char *const env[] = { "LC_ALL=C", NULL };
	auto_process_result struct process_result result = { 0 };
	struct error ignored;

	if (process_run(&(struct process_spec){ .argv = argv, .env = env }, &result, &ignored) < 0 ||
	    result.status != 0)
		return NULL;
	return xstrndup(buffer_text(&result.out), strcspn(buffer_text(&result.out), "\n"));
}

static bool is_version(const char *line, const char *text)
{
	auto_free char *here = version_of(line), *wanted = version_of(text);

	return !strcmp(here, wanted);
}

/* The first program in the right version; if there is none, one that runs, for the message. */
static int find_program(const char *text, char **ret_program, char **ret_line, struct error *err)
{
	auto_text_list struct text_list programs = { 0 };
	auto_free char *other = NULL, *other_line = NULL;

	if (compiler_programs(text, &programs, err) < 0)
		return -1;
	for (size_t i = 0; i < programs.count; i++) {
		auto_free char *line = first_line(programs.items[i]);

		if (line && is_version(line, text)) {
			*ret_program = xstrdup(programs.items[i]);
			*ret_line = steal_ptr(line);
			return 0;
		}
		if (interrupt_check(err) < 0)
			return -1;
		if (line && !other) {
			other = xstrdup(programs.items[i]);
			other_line = steal_ptr(line);
		}
	}
	if (other)
		return error_set(err, ERROR_REFUSED,
				 "compiler-mismatch: the kernel was compiled with '%s', and %s here "
				 "is '%s': install exactly that version", text, other, other_line);

	const char *first = programs.items[0];

	return error_set(err, ERROR_REFUSED,
			 "compiler-mismatch: the kernel was compiled with %s, which is not here: "
			 "install it, on Debian with 'apt install %s'", text,
			 has_prefix(first, GCC_PREFIX) ? first + strlen(GCC_PREFIX) : first);
}

int compiler_find(const struct config *config, char **ret_program, const struct progress *progress,
		  struct error *err)
{
	auto_free char *text = NULL, *program = NULL, *line = NULL;

	if (config_compiler_text(config, &text, err) < 0 ||
	    find_program(text, &program, &line, err) < 0)
		return -1;
	/* The same release in another packaging: the proof will tell whether it matters. */
	if (strcmp(strchrnul(line, ' '), strchrnul(text, ' ')))
		progress_say(progress, "note: the kernel was compiled with '%s', here is '%s'", text,
			     line);
	*ret_program = steal_ptr(program);
	return 0;
}
