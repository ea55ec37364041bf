// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/prepare.h"

#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "target/config.h"

static int run_make(const struct kernel *kernel, const char *const *targets, struct error *err)
{
	const char *const env[] = { "LC_ALL=C", "MAKEFLAGS=", "KBUILD_OUTPUT=", "ARCH=x86",
				    "CROSS_COMPILE=", "KCFLAGS=", NULL };
	auto_text_list struct text_list argv = { 0 };
	auto_process_result struct process_result result = { 0 };

	text_list_add(&argv, "make");
	text_list_printf(&argv, "-j%ld", sysconf(_SC_NPROCESSORS_ONLN));
	text_list_add_all(&argv, (const char *const *)kernel->make_args.items);
	text_list_add_all(&argv, targets);

	struct process_spec spec = { .argv = (const char *const *)argv.items,
				     .cwd = kernel->source, .env = env };

	if (process_run(&spec, &result, err) < 0)
		return -1;
	if (result.status == 0)
		return 0;
	process_result_error(&result, "make", err);
	return error_context(err, "preparing the source tree %s", kernel->source);
}

/* Few enough for a message; the rest is counted. */
static int refuse_differences(const struct text_list *differences, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	size_t shown = differences->count < 4 ? differences->count : 4;
	bool is_btf = false;

	for (size_t i = 0; i < differences->count; i++)
		is_btf = is_btf || has_prefix(differences->items[i], "CONFIG_DEBUG_INFO_BTF:");
	for (size_t i = 0; i < shown; i++)
		buffer_printf(&text, "%s%s", i ? "; " : "", differences->items[i]);
	if (differences->count > shown)
		buffer_printf(&text, "; and %zu more", differences->count - shown);
	return error_set(err, ERROR_REFUSED,
			 "config-mismatch: the source tree could not be configured as the kernel "
			 "was (%s)%s", buffer_text(&text),
			 is_btf ? ": pahole is missing, install the package dwarves" : "");
}

static int check_config(const struct kernel *kernel, struct error *err)
{
	auto_config struct config *shipped = NULL, *made = NULL;
	auto_text_list struct text_list differences = { 0 };
	auto_free char *path = path_join(kernel->source, ".config");

	if (config_read(kernel->config, &shipped, err) < 0 || config_read(path, &made, err) < 0)
		return -1;
	config_compare(shipped, made, &differences);
	return differences.count ? refuse_differences(&differences, err) : 0;
}

/* Asks it for its usage: one that lacks a library is found here and not in the middle of a build. */
static int try_objtool(const char *objtool, struct error *err)
{
	const char *const argv[] = { objtool, "--help", NULL };
	auto_process_result struct process_result result = { 0 };

	if (process_run(&(struct process_spec){ .argv = argv }, &result, err) < 0)
		return -1;
	if (strstr(buffer_text(&result.out), "objtool") || strstr(buffer_text(&result.err), "Usage"))
		return 0;
	process_result_error(&result, "objtool", err);
	return error_context(err, "the kernel's own %s does not run here", objtool);
}

static int put_objtool(const struct kernel *kernel, struct error *err)
{
	auto_free char *place = path_join(kernel->source, "tools/objtool/objtool");

	if (!kernel->objtool)
		return 0;
	return try_objtool(kernel->objtool, err) < 0 ? -1 : file_copy(kernel->objtool, place, err);
}

int source_prepare(const struct kernel *kernel, const struct progress *progress,
		   struct error *err)
{
	static const char *const configure[] = { "olddefconfig", NULL };
	static const char *const prepare[] = { "prepare", "modules_prepare", NULL };
	auto_free char *config = path_join(kernel->source, ".config");
	auto_free char *symvers = path_join(kernel->source, "Module.symvers");

	progress_step(progress, 0, 0, "configuring the source as the kernel was");
	if (file_copy(kernel->config, config, err) < 0 || put_objtool(kernel, err) < 0 ||
	    run_make(kernel, configure, err) < 0 || check_config(kernel, err) < 0)
		return -1;
	progress_step(progress, 0, 0, "preparing the source tree");
	if (run_make(kernel, prepare, err) < 0)
		return -1;
	return file_copy(kernel->symvers, symvers, err);
}
