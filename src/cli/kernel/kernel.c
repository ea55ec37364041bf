// SPDX-License-Identifier: GPL-2.0-or-later
/* suture kernel: the kernels that patches are built for. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "cli/kernel/commands.h"
#include "target/collect.h"
#include "target/description.h"
#include "target/fetch.h"
#include "target/kernel.h"

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static json_value *kernel_json(const struct kernel *kernel)
{
	json_value *object = description_json(kernel, NULL);

	json_set_text(object, "release", kernel->id.release);
	json_set_text(object, "folder", kernel->folder);
	return object;
}

static int check_flavour(const char *flavour, struct error *err)
{
	if (!flavour || !strcmp(flavour, "cloud") || !strcmp(flavour, "generic"))
		return 0;
	return error_set(err, ERROR_USAGE, "--flavour is cloud or generic, not '%.32s'", flavour);
}

static int parse_request(const struct args *args, struct fetch_request *request, struct error *err)
{
	const char *flavour = args_text(args, "flavour");

	*request = (struct fetch_request){
		.release = args->count ? args->words[0] : NULL,
		.series = args_text(args, "newest"),
		.flavour = flavour ? flavour : "cloud",
		.debuginfo = args_has(args, "debuginfo"),
		.progress = args->progress,
	};
	if (!request->release == !request->series)
		return error_set(err, ERROR_USAGE,
				 "say which kernel: a release, or --newest and a series like 6.1");
	if (request->release && flavour)
		return error_set(err, ERROR_USAGE,
				 "--flavour goes with --newest; a release has its flavour in its name");
	return check_flavour(flavour, err);
}

/* From the archive, or from a folder of packages. */
static int get_kernel(const struct args *args, struct kernel **ret_kernel, bool *ret_was_there,
		      struct error *err)
{
	const char *packages = args_text(args, "packages");
	struct fetch_request request;

	if (!packages)
		return parse_request(args, &request, err) < 0 ?
			       -1 :
			       kernel_fetch(&request, ret_kernel, ret_was_there, err);
	if (args_has(args, "newest") || args_has(args, "flavour") || args_has(args, "debuginfo"))
		return error_set(err, ERROR_USAGE,
				 "--packages takes what is in the folder: --newest, --flavour and "
				 "--debuginfo do not go with it");
	return kernel_collect(packages, args->count ? args->words[0] : NULL, args->progress,
			      ret_kernel, ret_was_there, err);
}

static int run_fetch(const struct args *args, struct error *err)
{
	auto_kernel struct kernel *kernel = NULL;
	bool was_there = false;
	double start = now();

	if (get_kernel(args, &kernel, &was_there, err) < 0)
		return -1;
	if (args_has(args, "json")) {
		auto_json json_value *object = kernel_json(kernel);

		json_set_bool(object, "was_there", was_there);
		json_set_real(object, "seconds", now() - start);
		print_json(object);
	} else if (was_there) {
		printf("%s is there already: %s\n", kernel->id.release, kernel->folder);
	} else {
		printf("%s is ready (%.0f s): %s\n", kernel->id.release, now() - start,
		       kernel->folder);
	}
	return 0;
}

static int run_import(const struct args *args, struct error *err)
{
	auto_kernel struct kernel *kernel = NULL;
	const char *tree = args_text(args, "build-tree");

	if (!tree)
		return error_set(err, ERROR_USAGE, "say which kernel: --build-tree and its folder");
	if (kernel_import(tree, args->progress, &kernel, err) < 0)
		return -1;
	if (args_has(args, "json")) {
		auto_json json_value *object = kernel_json(kernel);

		print_json(object);
	} else {
		printf("%s is imported from %s\n", kernel->id.release, kernel->source);
	}
	return 0;
}

static void print_facts(const struct kernel *kernel)
{
	const struct {
		const char *label, *text;
	} facts[] = {
		{ "release", kernel->id.release },
		{ "version", kernel->id.version },
		{ "package", kernel->package_version },
		{ "build-id", kernel->id.build_id },
		{ "compiler", kernel->id.compiler },
		{ "config", kernel->id.config_digest },
		{ "folder", kernel->folder },
		{ "image", kernel->image },
		{ "vmlinux", kernel->vmlinux },
		{ "symbols", kernel->has_debug ? "ELF symbol table" : "kallsyms" },
		{ "source", kernel->source },
		{ "headers", kernel->headers },
		{ "modules", kernel->modules },
		{ "objtool", kernel->objtool },
	};

	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (facts[i].text)
			printf("%-9s %s\n", facts[i].label, facts[i].text);
}

/* For a module of one's own that is no livepatch: M= and what to make follow. */
static void print_make(const struct kernel *kernel)
{
	printf("make -C %s", kernel->source);
	for (size_t i = 0; i < kernel->make_args.count; i++)
		printf(" %s", kernel->make_args.items[i]);
	putchar('\n');
}

static int run_info(const struct args *args, struct error *err)
{
	auto_kernel struct kernel *kernel = NULL;

	if (kernel_open(args->words[0], &kernel, err) < 0)
		return -1;
	if (args_has(args, "json")) {
		auto_json json_value *object = kernel_json(kernel);

		print_json(object);
	} else if (args_has(args, "make")) {
		print_make(kernel);
	} else {
		print_facts(kernel);
	}
	return 0;
}

static int list_archive(const struct args *args, struct error *err)
{
	const struct fetch_request request = { .series = args_text(args, "archive"),
					       .flavour = args_text(args, "flavour"),
					       .progress = args->progress };
	auto_text_list struct text_list releases = { 0 };
	auto_json json_value *array = json_new_array();

	if (check_flavour(request.flavour, err) < 0 ||
	    releases_available(&request, &releases, err) < 0)
		return -1;
	progress_step(args->progress, 0, 0, "%s", ""); /* wipes the line */
	for (size_t i = 0; i < releases.count; i++)
		if (args_has(args, "json"))
			json_add_text(array, releases.items[i]);
		else
			puts(releases.items[i]);
	if (args_has(args, "json"))
		print_json(array);
	else if (!releases.count)
		puts("the archive has none");
	return 0;
}

/* A kernel that cannot be opened is listed with the reason: one bad folder hides no others. */
static int run_list(const struct args *args, struct error *err)
{
	auto_text_list struct text_list releases = { 0 };
	auto_json json_value *array = json_new_array();
	bool as_json = args_has(args, "json");

	if (args_has(args, "archive"))
		return list_archive(args, err);
	if (args_has(args, "flavour"))
		return error_set(err, ERROR_USAGE, "--flavour goes with --archive");
	if (kernel_list(&releases, err) < 0)
		return -1;
	for (size_t i = 0; i < releases.count; i++) {
		auto_kernel struct kernel *kernel = NULL;
		struct error reason = ERROR_INIT;

		if (kernel_open(releases.items[i], &kernel, &reason) == 0) {
			json_add_value(array, kernel_json(kernel));
			if (!as_json)
				printf("%-32s %s%s\n", kernel->id.release,
				       kernel->package_version ? kernel->package_version :
								 kernel->source,
				       kernel->has_debug ? ", debuginfo" : "");
			continue;
		}
		json_value *broken = json_add_object(array);

		json_set_text(broken, "release", releases.items[i]);
		json_set_text(broken, "error", reason.msg);
		if (!as_json)
			printf("%-32s unusable: %s\n", releases.items[i], reason.msg);
	}
	if (as_json)
		print_json(array);
	else if (!releases.count)
		printf("no kernels yet; 'suture kernel fetch --newest 6.1' gets one\n");
	return 0;
}

#define JSON_ROW { "json", 0, NULL, "print JSON" }

static const struct option_row fetch_options[] = {
	{ "newest", 0, "SERIES", "the newest kernel of a series, like 6.1" },
	{ "flavour", 0, "FLAVOUR", "with --newest: cloud (the default) or generic" },
	{ "debuginfo", 0, NULL, "also the vmlinux with symbols (large; not needed)" },
	{ "packages", 0, "DIR", "from downloaded .deb or .rpm files instead of with apt" },
	JSON_ROW,
	{ 0 },
};

static const struct option_row import_options[] = {
	{ "build-tree", 0, "DIR", "where the kernel was built" },
	JSON_ROW,
	{ 0 },
};

static const struct option_row list_options[] = {
	{ "archive", 0, "SERIES", "what could be fetched of a series, like 6.1, instead" },
	{ "flavour", 0, "FLAVOUR", "with --archive: only cloud or generic" },
	JSON_ROW,
	{ 0 },
};

static const struct option_row info_options[] = {
	{ "make", 0, NULL, "print the command that makes modules for it: add M=DIR modules" },
	JSON_ROW,
	{ 0 },
};

const struct command kernel_commands[] = {
	{ .name = "fetch", .arguments = "[REL]", .summary = "get a stock kernel",
	  .details = "Downloads the image, headers, build programs and source of one kernel with apt,\n"
		     "which checks their signatures, and prepares them in the cache ($SUTURE_CACHE).\n"
		     "Nothing is installed. A kernel that is there already is not fetched again.\n"
		     "\n"
		     "Kernels of other distributions come from a folder of packages that you downloaded\n"
		     "and checked (--packages): Ubuntu's linux-image, linux-modules, linux-headers (both)\n"
		     "and linux-source; kernel-core, kernel-modules*, kernel-devel and the source RPM of\n"
		     "Fedora, RHEL and their kin. The compiler must be the one that built the kernel.",
	  .options = fetch_options, .most = 1, .run = run_fetch },
	{ .name = "list", .summary = "show the kernels in the cache", .options = list_options,
	  .run = run_list },
	{ .name = "info", .arguments = "REL|DIR", .summary = "show one kernel",
	  .options = info_options, .least = 1, .most = 1, .run = run_info },
	{ .name = "import", .summary = "take a kernel that you built yourself",
	  .details = "The build tree must hold a finished build: vmlinux, .config, Module.symvers and\n"
		     "the modules. It is used where it stands: keep it, and do not change it.",
	  .options = import_options, .run = run_import },
	{ 0 },
};
