// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/kbuild.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "build/cmd_file.h"
#include "build/watch.h"

void kbuild_unit_clear(struct kbuild_unit *unit)
{
	text_list_clear(&unit->command);
	text_list_clear(&unit->deps);
	free(unit->module);
	*unit = (struct kbuild_unit){ 0 };
}

char *kbuild_object(const char *source)
{
	char *object = xstrdup(source);

	strrchr(object, '.')[1] = unit_kind_of(source) == UNIT_OFFSETS ? 's' : 'o';
	return object;
}

static char *cmd_path(const struct kernel *kernel, const char *object)
{
	const char *name = path_base(object);

	return xasprintf("%s/%.*s.%s.cmd", kernel->source, (int)(name - object), object, name);
}

static int remove_file(const char *path, struct error *err)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove %s", path);
	return 0;
}

/* A make that was killed may have left half an object that looks finished. */
static int remove_stale(const struct kernel *kernel, const char *object, struct error *err)
{
	auto_free char *path = path_join(kernel->source, object);
	auto_free char *cmd = cmd_path(kernel, object);

	return remove_file(cmd, err) < 0 ? -1 : remove_file(path, err);
}

/*
 * Folders that arch/x86/Makefile hands to the top by itself (libs-y, drivers-y, core-y) and that
 * arch/x86/Kbuild does not know. For one object in them kbuild (scripts/Makefile.build,
 * single-subdirs) goes down both ways: as a part of arch/x86, which knows nothing of the folder's
 * own flags, and then rightly. One job at a time, the right one is the last to write.
 */
static bool is_made_twice(const char *source)
{
	static const char *const folders[] = { "arch/x86/lib/", "arch/x86/math-emu/",
					       "arch/x86/pci/", "arch/x86/power/",
					       "arch/x86/video/" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (has_prefix(source, folders[i]))
			return true;
	return false;
}

static int run_make(const struct kernel *kernel, const struct text_list *sources, bool made_twice,
		    unsigned jobs, struct error *err)
{
	auto_text_list struct text_list argv = { 0 };
	const char *const env[] = { "LC_ALL=C", "MAKEFLAGS=", "KBUILD_OUTPUT=", "KBUILD_VERBOSE=",
				    NULL };
	bool any = false;

	text_list_add(&argv, "make");
	text_list_add(&argv, "-s");
	text_list_printf(&argv, "-j%u", made_twice ? 1 : jobs);
	for (size_t i = 0; i < kernel->make_args.count; i++)
		text_list_add(&argv, kernel->make_args.items[i]);
	/* The tree of a fetched kernel is suture's own and stays as source_prepare() left it: to look
	 * at all that again takes longer than to compile a unit. */
	if (kernel->package_version)
		text_list_add(&argv, "--assume-old=prepare");
	for (size_t i = 0; i < sources->count; i++) {
		auto_free char *object = kbuild_object(sources->items[i]);

		if (is_made_twice(sources->items[i]) != made_twice)
			continue;
		if (remove_stale(kernel, object, err) < 0)
			return -1;
		text_list_add(&argv, object);
		any = true;
	}

	struct process_spec spec = { .argv = (const char *const *)argv.items, .env = env,
				     .cwd = kernel->source };

	if (any && process_run_ok(&spec, NULL, err) < 0)
		return error_context(err, "compiling the original with kbuild");
	return 0;
}

int kbuild_make(const struct kernel *kernel, const struct text_list *sources, unsigned jobs,
		struct error *err)
{
	return run_make(kernel, sources, false, jobs, err) < 0 ||
			       run_make(kernel, sources, true, jobs, err) < 0 ?
		       -1 :
		       0;
}

/* The text between the quotes of -DKBUILD_MODNAME="loop", as the shell has passed it on. */
static char *quoted_value(const char *argument)
{
	const char *start = strchr(argument, '"');
	const char *end = start ? strchr(start + 1, '"') : NULL;

	return end ? xstrndup(start + 1, (size_t)(end - start - 1)) : NULL;
}

static bool is_dependency_output(const char *argument)
{
	return has_prefix(argument, "-Wp,-MMD,") || has_prefix(argument, "-Wp,-MD,");
}

/* "arch/x86/cmdline" for arch/x86/lib/cmdline.c: the wrong one of is_made_twice(). */
static bool is_of_other_folder(const char *argument, const char *source)
{
	const char *file;

	if (!has_prefix(argument, "-DKBUILD_MODFILE=") || !has_prefix(source, "arch/x86/"))
		return false;
	file = strstr(argument, "arch/x86/");
	return file && !strchr(file + strlen("arch/x86/"), '/') &&
	       strchr(source + strlen("arch/x86/"), '/');
}

/* Takes apart the compiler's argv. The last argument is the source, "-o" has one of its own. */
static int take_command(const struct text_list *argv, const char *source, const char *object,
			struct kbuild_unit *unit, struct error *err)
{
	bool has_source = false, has_object = false;

	for (size_t i = 0; i < argv->count; i++) {
		const char *argument = argv->items[i];

		if (!strcmp(argument, "-o") && i + 1 < argv->count) {
			has_object = !strcmp(argv->items[++i], object);
			continue;
		}
		if (!strcmp(argument, source)) {
			has_source = true;
			continue;
		}
		if (is_dependency_output(argument))
			continue;
		if (is_of_other_folder(argument, source))
			return error_set(err, ERROR_UNSUPPORTED,
					 "kbuild compiled %s with the flags of another folder",
					 source);
		if (!strcmp(argument, "-DMODULE"))
			unit->is_module = true;
		else if (has_prefix(argument, "-DKBUILD_MODNAME=") && !unit->module)
			unit->module = quoted_value(argument);
		text_list_add(&unit->command, argument);
	}
	if (!unit->module && unit_kind_of(source) != UNIT_CODE)
		unit->module = xstrdup("");
	if (!has_source || !has_object || !unit->module)
		return error_set(err, ERROR_UNSUPPORTED,
				 "kbuild's command for %s is not one that suture understands (source %s, object %s, KBUILD_MODNAME %s)",
				 source, has_source ? "found" : "missing",
				 has_object ? "found" : "missing",
				 unit->module ? "found" : "missing");
	return 0;
}

int kbuild_unit_read(const struct kernel *kernel, const char *source,
		     struct kbuild_unit *ret_unit, struct error *err)
{
	auto_free char *object = kbuild_object(source);
	auto_free char *path = cmd_path(kernel, object);
	auto_cmd_file struct cmd_file file = { 0 };
	auto_kbuild_unit struct kbuild_unit unit = { 0 };

	if (cmd_file_read(path, &file, err) < 0)
		return -1;
	if (!file.source || strcmp(file.source, source))
		return error_set(err, ERROR_UNSUPPORTED,
				 "kbuild made %s from %s and not from %s", object,
				 file.source ? file.source : "(it does not say)", source);
	if (take_command(&file.argv, source, object, &unit, err) < 0)
		return -1;
	unit.deps = file.deps;
	file.deps = (struct text_list){ 0 };
	*ret_unit = unit;
	unit = (struct kbuild_unit){ 0 };
	return 0;
}
