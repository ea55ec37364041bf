// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Builds the object pairs of patches and prints them: a driver for tests and for looking at this
 * stage alone.
 *
 *     pairs_print [--fuzz N] [--jobs N] KERNEL WORK PATCH...
 *
 * Exit status as suture's (base/error.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "build/pairs.h"

static void say(void *user, const char *line)
{
	(void)user;
	printf("note %s\n", line);
}

static void print_pairs(const struct pairs *pairs)
{
	for (size_t i = 0; i < pairs->files.count; i++)
		printf("file %s\n", pairs->files.items[i]);
	for (size_t i = 0; i < pairs->findings.count; i++) {
		auto_free char *text = finding_text(&pairs->findings.items[i]);

		printf("finding %s\n", text);
	}
	for (size_t i = 0; i < pairs->count; i++)
		printf("unit %s %s%s\n  original %s\n  patched %s\n  plain %s\n",
		       pairs->units[i].source, pairs->units[i].object,
		       pairs->units[i].is_module ? " (module)" : "", pairs->units[i].original,
		       pairs->units[i].patched, pairs->units[i].plain);
}

static int build(char **arguments, struct pairs_options *options, struct error *err)
{
	auto_kernel struct kernel *kernel = NULL;
	auto_text_list struct text_list patches = { 0 };
	struct pairs pairs;

	text_list_add_all(&patches, (const char *const *)arguments + 2);
	options->work = arguments[1];
	if (kernel_open(arguments[0], &kernel, err) < 0 || directory_make(arguments[1], err) < 0)
		return -1;

	int result = pairs_build(kernel, &patches, options, &pairs, err);

	print_pairs(&pairs);
	pairs_clear(&pairs);
	return result;
}

int main(int argc, char **argv)
{
	const struct progress progress = { .say = say };
	struct pairs_options options = { .progress = &progress };
	struct error err = ERROR_INIT;
	int i = 1;

	interrupt_catch();
	for (; i + 1 < argc && has_prefix(argv[i], "--"); i += 2)
		*(strcmp(argv[i], "--fuzz") ? &options.jobs : &options.fuzz) =
			(unsigned)strtoul(argv[i + 1], NULL, 10);
	if (argc - i < 3) {
		fputs("usage: pairs_print [--fuzz N] [--jobs N] KERNEL WORK PATCH...\n", stderr);
		return error_exit_status(ERROR_USAGE);
	}
	if (build(argv + i, &options, &err) == 0)
		return 0;
	fprintf(stderr, "pairs_print: %s\n", err.msg);
	return error_exit_status(err.code);
}
