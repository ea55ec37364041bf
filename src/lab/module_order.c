// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/module_order.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "target/modules.h"

/* Far above what real modules have; what is beyond it goes in circles. */
#define MAX_DEPTH 32

/* An ordinary user's PATH does not lead to it. */
#define MODINFO "/sbin/modinfo"

/* One field of a module's .modinfo section, as kmod reads it. */
static int read_field(const char *path, const char *field, struct text_list *words,
		      struct error *err)
{
	const char *const argv[] = { MODINFO, "-F", field, path, NULL };
	const char *const env[] = { "LC_ALL=C", NULL };
	const struct process_spec spec = { .argv = argv, .env = env, .output_limit = 65536 };
	auto_process_result struct process_result result = { 0 };

	if (!file_exists(MODINFO))
		return error_set(err, ERROR_TOOL,
				 "there is no %s to ask modules: install the package kmod", MODINFO);
	if (process_run_ok(&spec, &result, err) < 0)
		return error_context(err, "reading the module %s", path);
	text_list_split(words, buffer_text(&result.out), ",\n ");
	return 0;
}

int module_read_name(const char *path, char **ret_name, struct error *err)
{
	auto_text_list struct text_list words = { 0 };

	if (read_field(path, "name", &words, err) < 0)
		return -1;
	if (words.count != 1)
		return error_set(err, ERROR_INVALID, "%s is not a kernel module: it has no name",
				 path);
	*ret_name = xstrdup(words.items[0]);
	return 0;
}

/* A field that a module need not have: *ret_text is NULL then. */
static int read_text(const char *path, const char *field, char **ret_text, struct error *err)
{
	auto_text_list struct text_list words = { 0 };

	if (read_field(path, field, &words, err) < 0)
		return -1;
	*ret_text = words.count ? xstrdup(words.items[0]) : NULL;
	return 0;
}

int module_check_kernel(const char *path, const struct kernel *kernel, struct error *err)
{
	const struct kernel_id *id = &kernel->id;
	auto_free char *release = NULL; /* the first word of the version magic */
	auto_free char *build_id = NULL; /* what suture build notes down */

	if (read_text(path, "vermagic", &release, err) < 0 ||
	    read_text(path, "suture.kernel_build_id", &build_id, err) < 0)
		return -1;
	if (!release)
		return error_set(err, ERROR_INVALID,
				 "%s is not a kernel module: it has no version magic", path);
	if (strcmp(release, id->release))
		return error_set(err, ERROR_UNSUPPORTED,
				 "%s is made for the kernel %.64s and %s would not load it: try it "
				 "with --kernel %.64s", path, release, id->release, release);
	if (build_id && id->build_id && strcmp(build_id, id->build_id))
		return error_set(err, ERROR_UNSUPPORTED,
				 "%s is made for another build of %s: its build-id is %.40s and the "
				 "kernel's is %s; build it anew for this one", path, release,
				 build_id, id->build_id);
	return 0;
}

static int find_module(const struct kernel *kernel, const char *module, char **ret_path,
		       struct error *err)
{
	if (!strstr(module, ".ko"))
		return module_find(kernel, module, ret_path, err);
	if (!file_exists(module))
		return error_set(err, ERROR_NOT_FOUND, "the module %s is not there", module);
	*ret_path = xstrdup(module);
	return 0;
}

static int add_module(const struct kernel *kernel, const char *module, struct text_list *paths,
		      unsigned depth, struct error *err)
{
	auto_text_list struct text_list needs = { 0 };
	auto_free char *path = NULL;

	if (depth > MAX_DEPTH)
		return error_set(err, ERROR_INVALID, "the modules that %s needs go in circles",
				 module);
	if (find_module(kernel, module, &path, err) < 0)
		return -1;
	if (text_list_has(paths, path))
		return 0;
	if (read_field(path, "depends", &needs, err) < 0)
		return -1;
	for (size_t i = 0; i < needs.count; i++)
		if (add_module(kernel, needs.items[i], paths, depth + 1, err) < 0)
			return error_context(err, "needed by %s", module);
	text_list_add(paths, path);
	return 0;
}

int module_order_add(const struct kernel *kernel, const char *module, struct text_list *paths,
		     struct error *err)
{
	return add_module(kernel, module, paths, 0, err);
}
