// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/hand_module.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "build/authoring.h"

#define FILE_LIMIT 1000 /* files in a module's folder */
#define DEPTH_LIMIT 8
#define SECONDS_LIMIT 900

/* What an earlier run of kbuild has left, and hidden files. */
static bool is_source(const char *name)
{
	static const char *const products[] = { ".o", ".ko", ".mod", ".mod.c", ".symvers", ".order",
						".a", ".cmd" };

	for (size_t i = 0; i < ARRAY_SIZE(products); i++)
		if (has_suffix(name, products[i]))
			return false;
	return *name != '.';
}

static int copy_folder(const char *from, const char *to, const char *below,
		       struct text_list *sources, unsigned depth, struct error *err)
{
	auto_text_list struct text_list names = { 0 };

	if (depth > DEPTH_LIMIT)
		return error_set(err, ERROR_INVALID, "%s: folders nested too deeply", from);
	if (directory_make(to, err) < 0 || directory_list(from, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		auto_free char *source = path_join(from, names.items[i]);
		auto_free char *target = path_join(to, names.items[i]);
		auto_free char *shown = xasprintf("%s%s", below, names.items[i]);
		auto_free char *deeper = xasprintf("%s/", shown);
		struct stat info;

		if (!is_source(names.items[i]))
			continue;
		if (stat(source, &info) < 0)
			return error_errno(err, "cannot read %s", source);
		if (S_ISDIR(info.st_mode)) {
			if (copy_folder(source, target, deeper, sources, depth + 1, err) < 0)
				return -1;
			continue;
		}
		if (!S_ISREG(info.st_mode))
			continue;
		if (sources->count == FILE_LIMIT)
			return error_set(err, ERROR_INVALID,
					 "more than %d files: is this the folder of a module?",
					 FILE_LIMIT);
		if (file_copy(source, target, err) < 0)
			return -1;
		text_list_add(sources, shown);
	}
	return 0;
}

/* The lines of make's output that say what is wrong; the last ones where none does. */
static int explain_failure(const struct process_result *result, const char *folder,
			   const char *build, struct error *err)
{
	auto_text_list struct text_list lines = { 0 };
	auto_buffer struct buffer words = BUFFER_INIT;

	text_list_split(&lines, buffer_text((struct buffer *)&result->err), "\n");
	for (size_t i = 0, found = 0; i < lines.count && found < 3; i++) {
		const char *line = lines.items[i];

		if (!strstr(line, "error: ") && !strstr(line, "ERROR: ") && !strstr(line, "*** No rule"))
			continue;
		if (has_prefix(line, build) && line[strlen(build)] == '/')
			line += strlen(build) + 1;
		buffer_printf(&words, "%s%s", found++ ? "; " : "", line);
	}
	if (!words.size)
		return process_result_error(result, "make", err);
	return error_set(err, ERROR_TOOL, "%s does not compile: %s", folder, buffer_text(&words));
}

static int run_kbuild(const struct kernel *kernel, const struct hand_module_request *request,
		      const char *build, const char *include, struct error *err)
{
	auto_text_list struct text_list argv = { 0 };
	auto_process_result struct process_result result = { 0 };
	/* The kernel looks for tasks in a new function and nowhere else before it lets the module go
	 * (emit/extent.h): no code of it may be elsewhere, and nobody may take its place on the stack. */
	bool is_gcc = kernel->compiler && strstr(kernel->compiler, "gcc");
	auto_free char *flags = xasprintf("KCFLAGS=-I%s -fno-optimize-sibling-calls%s", include,
					  is_gcc ? " -fno-reorder-blocks-and-partition" : "");
	const char *const env[] = { "LC_ALL=C", "MAKEFLAGS=", "KBUILD_BUILD_TIMESTAMP=1970-01-01",
				    flags, NULL };

	text_list_add(&argv, "make");
	text_list_add(&argv, "-s");
	text_list_add_all(&argv, (const char *const *)kernel->make_args.items);
	if (request->variables->count)
		text_list_add_all(&argv, (const char *const *)request->variables->items);
	text_list_add(&argv, "KBUILD_MODPOST_WARN=1"); /* symbols that suture resolves */
	text_list_printf(&argv, "M=%s", build);
	text_list_add(&argv, "modules");

	const struct process_spec spec = { .argv = (const char *const *)argv.items,
					   .cwd = kernel->source,
					   .env = env,
					   .timeout_seconds = SECONDS_LIMIT };

	progress_step(request->progress, 0, 0, "building %s with kbuild", request->folder);
	if (process_run(&spec, &result, err) < 0)
		return -1;
	if (result.status != 0 || result.timed_out)
		return explain_failure(&result, request->folder, build, err);
	return 0;
}

static int find_modules(const char *build, struct text_list *modules, struct error *err)
{
	auto_free char *order = path_join(build, "modules.order");
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };

	if (file_read(order, (size_t)1 << 20, &text, err) < 0)
		return -1;
	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		/* ".ko" up to 6.1, ".o" after; relative to the kernel's source or absolute. */
		auto_free char *name = xstrdup(path_base(lines.items[i]));
		char *dot = strrchr(name, '.');

		if (dot)
			*dot = 0;
		text_list_add(modules, name);
	}
	return 0;
}

static int choose_module(const struct hand_module_request *request, const struct text_list *modules,
			 const char **ret_name, struct error *err)
{
	auto_buffer struct buffer names = BUFFER_INIT;

	if (!modules->count)
		return error_set(err, ERROR_INVALID,
				 "the makefile in %s builds no module; 'obj-m := NAME.o' does, and where a configuration option decides, --make CONFIG_NAME=m",
				 request->folder);
	for (size_t i = 0; i < modules->count; i++) {
		if (request->module ? !strcmp(modules->items[i], request->module) :
				      modules->count == 1) {
			*ret_name = modules->items[i];
			return 0;
		}
		buffer_printf(&names, "%s%s", i ? ", " : "", modules->items[i]);
	}
	return error_set(err, request->module ? ERROR_NOT_FOUND : ERROR_USAGE,
			 "%s builds %s; choose %s with --module", request->folder,
			 buffer_text(&names), request->module ? "another one" : "one");
}

/* kbuild puts a module beside the file that its list is in, or in a folder below. */
static int find_file(const char *build, const struct text_list *sources, const char *name,
		     char **ret_path, struct error *err)
{
	auto_free char *path = xasprintf("%s/%s.ko", build, name);

	for (size_t i = 0; i < sources->count && !file_exists(path); i++) {
		const char *base = path_base(sources->items[i]);

		free(path);
		path = xasprintf("%s/%.*s%s.ko", build, (int)(base - sources->items[i]),
				 sources->items[i], name);
	}
	if (!file_exists(path))
		return error_set(err, ERROR_FAILED, "kbuild left no %s.ko", name);
	*ret_path = steal_ptr(path);
	return 0;
}

int hand_module_build(const struct kernel *kernel, const struct hand_module_request *request,
		      struct text_list *ret_sources, char **ret_module, struct error *err)
{
	auto_free char *work = realpath(request->work, NULL);
	auto_text_list struct text_list modules = { 0 };
	const char *name = NULL;

	if (!work)
		return error_errno(err, "cannot use the work folder %s", request->work);

	auto_free char *build = path_join(work, "1-source");
	auto_free char *include = path_join(work, "include");

	if (directory_remove(build, err) < 0 ||
	    copy_folder(request->folder, build, "", ret_sources, 0, err) < 0)
		return -1;
	if (!text_list_has(ret_sources, "Kbuild") && !text_list_has(ret_sources, "Makefile"))
		return error_set(err, ERROR_INVALID,
				 "%s has neither a Kbuild file nor a Makefile: it is no module's folder",
				 request->folder);
	if (authoring_write_header(include, err) < 0 ||
	    run_kbuild(kernel, request, build, include, err) < 0 ||
	    find_modules(build, &modules, err) < 0 ||
	    choose_module(request, &modules, &name, err) < 0)
		return -1;
	return find_file(build, ret_sources, name, ret_module, err);
}
