// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "cli/author/commands.h"
#include "cli/author/hand.h"
#include "cli/author/overwrite.h"
#include "cli/author/pipeline.h"

const struct option_row build_options[] = {
	{ "kernel", 'k', "REL|DIR", "kernel to build for: a fetched release or an imported tree (default: running)" },
	{ "output", 'o', "FILE.ko", "where the module goes (default: suture-NAME.ko)" },
	{ "name", 'n', "NAME", "name of the patch (default: from the output or the first patch)" },
	{ "force", 0, NULL, "overwrite files that suture did not make" },
	{ "report", 0, "FILE.json", "write the report there, also when the patch is refused" },
	{ "work", 0, "DIR", "keep the stages' files in this folder" },
	{ "jobs", 'j', "N", "compilers at a time (default: one a processor)" },
	{ "fuzz", 0, "N", "leave N outer lines of a hunk's context out, as patch(1) does (default: 0)" },
	{ "units", 0, "N", "stop before compiling if the patches reach more than N units (default: any number)" },
	{ "allow-unproven", 0, NULL, "build although the rebuilt original is not the shipped code" },
	{ "accept-layout", 0, "TYPE=REASON", "accept that this type's layout changed; repeatable, the manifest says so" },
	{ "sign-off", 0, "RULE:FUNCTION=REASON", "say why a warning is none here; repeatable, the manifest says so" },
	{ "fixed-in-kernel", 0, "CVE", "say that this kernel's own version has it fixed; repeatable" },
	{ "module", 0, "NAME", "DIR: which module, where it builds several" },
	{ "make", 0, "VARIABLE=VALUE", "DIR: for its makefile, as CONFIG_SAMPLE_LIVEPATCH=m; repeatable" },
	{ "explain", 0, NULL, "DIR: say what each part of the module does" },
	{ "json", 0, NULL, "print the manifest" },
	{ 0 },
};

/* "suture-capable.ko", "livepatch_capable" -> "capable", "0001-fix.patch" -> "0001-fix". */
static char *name_from(const char *path)
{
	const char *base = path_base(path);

	if (has_prefix(base, "suture-") && strlen(base) > 7)
		base += 7;
	else if (has_prefix(base, "livepatch_") && strlen(base) > 10) /* made by suture new */
		base += 10;

	char *name = xstrdup(base);
	char *dot = strrchr(name, '.');

	if (dot && dot != name)
		*dot = 0;
	return name;
}

static bool is_by_hand(const struct args *args)
{
	return args->count == 1 && is_directory(args->words[0]);
}

static int choose_names(const struct args *args, char **ret_name, char **ret_output,
			struct error *err)
{
	const char *output = args_text(args, "output");
	const char *name = args_text(args, "name");

	if (output && !has_suffix(output, ".ko"))
		return error_set(err, ERROR_USAGE, "--output takes the name of a .ko file, not '%s'",
				 output);
	/* "." and "foo/" are folders whose name only their full path has. */
	auto_free char *folder = is_by_hand(args) ? realpath(args->words[0], NULL) : NULL;
	const char *source = folder ? folder : args->words[0];

	*ret_name = name ? xstrdup(name) : name_from(output ? output : source);
	if (!**ret_name || strchr(*ret_name, '/') || strlen(*ret_name) > 40)
		return error_set(err, ERROR_USAGE,
				 "'%.60s' is no good name for a patch: give one with --name, at most 40 characters",
				 *ret_name);
	*ret_output = output ? xstrdup(output) : xasprintf("suture-%s.ko", *ret_name);
	return 0;
}

static int choose_kernel(const struct args *args, struct kernel **ret_kernel, struct error *err)
{
	const char *name = args_text(args, "kernel");
	struct utsname running;

	if (name)
		return kernel_open(name, ret_kernel, err);
	if (uname(&running) < 0)
		return error_errno(err, "cannot ask for the running kernel");
	if (kernel_open(running.release, ret_kernel, err) < 0)
		return error_context(err, "the running kernel");
	return 0;
}

/* The folder that a file is or would be in; caller frees. */
static char *folder_of(const char *path)
{
	const char *base = path_base(path);

	return base == path ? xstrdup(".") : xstrndup(path, (size_t)(base - path));
}

static int check_target(const char *path, struct error *err)
{
	auto_free char *folder = folder_of(path);

	if (!is_directory(folder))
		return error_set(err, ERROR_FAILED, "cannot write %s: there is no folder %s; make it "
				 "first", path, folder);
	if (access(folder, W_OK) < 0)
		return error_errno(err, "cannot write %s into the folder %s", path, folder);
	return 0;
}

/* Two names for one file, be it there or not. */
static bool is_same_file(const char *a, const char *b)
{
	auto_free char *folder_a = folder_of(a);
	auto_free char *folder_b = folder_of(b);
	struct stat one, other;

	if (stat(a, &one) == 0 && stat(b, &other) == 0)
		return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
	return stat(folder_a, &one) == 0 && stat(folder_b, &other) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino &&
	       !strcmp(path_base(a), path_base(b));
}

/* Beside the module: "suture-capable.json". Caller frees. */
static char *manifest_path(const char *output)
{
	return xasprintf("%.*sjson", (int)(strlen(output) - strlen("ko")), output);
}

/* Before anything is built: what is going to be written can be, and nothing overwrites another. */
static int check_targets(const struct args *args, const char *output, struct error *err)
{
	auto_free char *manifest = manifest_path(output);
	const char *const written[] = { output, manifest, args_text(args, "report") };

	for (size_t i = 0; i < ARRAY_SIZE(written) && written[i]; i++) {
		if (check_target(written[i], err) < 0)
			return -1;
		if (!args_has(args, "force") && overwrite_check(written[i], err) < 0)
			return -1;
		for (size_t k = 0; k < i; k++)
			if (is_same_file(written[i], written[k]))
				return error_set(err, ERROR_USAGE,
						 "the report would overwrite %s: give it another name "
						 "(module and manifest are %s and %s)", written[k],
						 output, manifest);
		for (size_t k = 0; k < args->count; k++)
			if (is_same_file(written[i], args->words[k]))
				return error_set(err, ERROR_USAGE, "%s would overwrite the patch %s",
						 written[i], args->words[k]);
	}
	return 0;
}

/* The folder of --work stays; else a temporary one beside the other temporary files. */
static int choose_work(const struct args *args, char **ret_work, bool *ret_keep, struct error *err)
{
	const char *work = args_text(args, "work");
	const char *parent = getenv("TMPDIR");

	*ret_keep = work != NULL;
	if (!work)
		return directory_make_temporary(parent && *parent ? parent : "/tmp", ret_work, err);
	if (directory_make(work, err) < 0)
		return -1;
	*ret_work = realpath(work, NULL);
	return *ret_work ? 0 : error_errno(err, "cannot use %s", work);
}

/* Two builds in one folder would read each other's half-written objects. */
static int lock_work(const char *work, int *ret_fd, struct error *err)
{
	auto_free char *path = path_join(work, ".lock");

	return file_lock(path, true, ret_fd, err);
}

static void print_manifest(const struct args *args, const struct manifest *manifest,
			   const char *output, double seconds)
{
	if (args_has(args, "json")) {
		auto_json json_value *value = json_new_object();

		manifest_write(manifest, value);
		print_json(value);
		return;
	}
	printf("%s: %zu function%s for %s, %s, %.1f s\n", output, manifest->function_count,
	       manifest->function_count == 1 ? "" : "s", manifest->kernel.release, manifest->proof,
	       seconds);
	for (size_t i = 0; i < manifest->function_count; i++) {
		const struct manifest_function *function = &manifest->functions[i];

		printf("  %s %s,%u  (%s)\n", function->object, function->name, function->sympos,
		       function->unit);
	}
	for (size_t i = 0; i < manifest->callback_count; i++)
		printf("  %s %s: %s\n", manifest->callbacks[i].object,
		       manifest->callbacks[i].kind, manifest->callbacks[i].function);
	for (size_t i = 0; i < manifest->state_count; i++)
		printf("  state %" PRIu64 " version %u\n", manifest->states[i].id,
		       manifest->states[i].version);
	for (size_t i = 0; i < manifest->findings.count; i++) {
		const struct finding *finding = &manifest->findings.items[i];
		auto_free char *text = finding_text(finding);

		if (finding->verdict == RULE_WARN)
			printf("  %s\n", text);
	}
}

static int save_results(const struct args *args, const struct manifest *manifest,
			const char *output, const struct error *failure, struct error *err)
{
	const char *report = args_text(args, "report");

	if (report) {
		auto_json json_value *value = json_new_object();
		auto_buffer struct buffer text = BUFFER_INIT;

		json_set_text(value, "verdict", failure ? error_slug(failure->code) : "accepted");
		json_set_text(value, "message", failure ? failure->msg : NULL);
		if (manifest->code)
			json_set_value(value, "code", json_clone(manifest->code));
		manifest_write(manifest, value);
		json_write(value, &text);
		if (file_write_text(report, buffer_text(&text), err) < 0)
			return -1;
	}
	if (failure)
		return 0;

	auto_free char *path = manifest_path(output);

	return manifest_save(manifest, path, err);
}

/* The refusals that the error does not name: it has the first one. */
static void say_refusals(const struct args *args, const struct finding_list *findings,
			 const struct error *err)
{
	for (size_t i = 0; i < findings->count; i++) {
		auto_free char *text = finding_text(&findings->items[i]);

		if (findings->items[i].verdict == RULE_REFUSE && !has_prefix(err->msg, text))
			progress_say(args->progress, "  %s", text);
	}
}

/* Writes what is to be written after a build of either kind, whose result is given. A module without
 * its manifest does not stay. */
static int conclude(const struct args *args, int result, const struct text_list *fixed,
		    const char *output, struct manifest *manifest, struct error *err)
{
	struct error ignored;

	if (result < 0) {
		if (finding_count(&manifest->findings, RULE_REFUSE) > 1)
			say_refusals(args, &manifest->findings, err);
		save_results(args, manifest, output, err, &ignored);
		return -1;
	}
	text_list_add_all(&manifest->fixed_in_kernel, (const char *const *)fixed->items);
	if (save_results(args, manifest, output, NULL, err) == 0)
		return 0;
	unlink(output);
	return -1;
}

/* For 'suture cve' on the machines; nobody can tell it from the patch. */
static int read_fixed_in_kernel(const struct args *args, struct text_list *cves,
				struct error *err)
{
	args_all(args, "fixed-in-kernel", cves);
	for (size_t i = 0; i < cves->count; i++)
		if (!is_cve_id(cves->items[i]))
			return error_set(err, ERROR_USAGE, "'%.64s' is no CVE id like CVE-2026-1234",
					 cves->items[i]);
	return 0;
}

static int print_explanation(const char *output, struct error *err)
{
	auto_text_list struct text_list sentences = { 0 };

	if (hand_explain(output, &sentences, err) < 0)
		return -1;
	for (size_t i = 0; i < sentences.count; i++)
		printf("  %s\n", sentences.items[i]);
	return 0;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int read_consents(const struct args *args, struct consent_list *consents, struct error *err)
{
	auto_text_list struct text_list layouts = { 0 };
	auto_text_list struct text_list hints = { 0 };

	args_all(args, "accept-layout", &layouts);
	args_all(args, "sign-off", &hints);
	for (size_t i = 0; i < layouts.count; i++)
		if (consent_add_layout(consents, layouts.items[i], err) < 0)
			return -1;
	for (size_t i = 0; i < hints.count; i++)
		if (consent_add_sign_off(consents, hints.items[i], err) < 0)
			return -1;
	return 0;
}

static void say_unused(const struct args *args, const struct consent_list *consents)
{
	auto_text_list struct text_list lines = { 0 };

	consent_list_unused(consents, &lines);
	for (size_t i = 0; i < lines.count; i++)
		progress_say(args->progress, "%s", lines.items[i]);
}

static int build_with(const struct args *args, const struct kernel *kernel, const char *work,
		      const char *name, const char *output, struct error *err)
{
	auto_manifest struct manifest manifest = { 0 };
	auto_text_list struct text_list patches = { 0 };
	auto_text_list struct text_list fixed = { 0 };
	auto_consent_list struct consent_list consents = { 0 };
	struct pipeline_options options = {
		.consents = &consents,
		.work = work, .name = name, .output = output, .progress = args->progress,
		.allow_unproven = args_has(args, "allow-unproven"),
	};
	double start = now();
	uint64_t jobs, fuzz, units;

	if (args_number(args, "jobs", 0, 1, 1024, &jobs, err) < 0 ||
	    args_number(args, "fuzz", 0, 0, 10, &fuzz, err) < 0 ||
	    args_number(args, "units", 0, 1, 1000000, &units, err) < 0 ||
	    read_consents(args, &consents, err) < 0 ||
	    read_fixed_in_kernel(args, &fixed, err) < 0)
		return -1;
	options.jobs = (unsigned)jobs;
	options.fuzz = (unsigned)fuzz;
	options.unit_limit = (unsigned)units;
	text_list_add_all(&patches, args->words);
	if (conclude(args, pipeline_run(kernel, &patches, &options, &manifest, err), &fixed, output,
		     &manifest, err) < 0)
		return -1;
	say_unused(args, &consents);
	print_manifest(args, &manifest, output, now() - start);
	return 0;
}

/* Options that only make sense for the other kind of build. */
static int check_options(const struct args *args, struct error *err)
{
	static const char *const by_hand[] = { "module", "make", "explain" };
	static const char *const by_patch[] = { "jobs", "fuzz", "units", "accept-layout", "sign-off" };
	const char *const *wrong = is_by_hand(args) ? by_patch : by_hand;
	size_t count = is_by_hand(args) ? ARRAY_SIZE(by_patch) : ARRAY_SIZE(by_hand);

	for (size_t i = 0; i < count; i++)
		if (args_has(args, wrong[i]))
			return error_set(err, ERROR_USAGE, "--%s is for %s", wrong[i],
					 is_by_hand(args) ? "patches, not for a module by hand"
							  : "a module by hand: one folder");
	if (args_has(args, "explain") && args_has(args, "json"))
		return error_set(err, ERROR_USAGE, "--explain speaks to people: leave --json out");
	return 0;
}

static int build_by_hand(const struct args *args, const struct kernel *kernel, const char *work,
			 const char *name, const char *output, struct error *err)
{
	auto_manifest struct manifest manifest = { 0 };
	auto_text_list struct text_list variables = { 0 };
	auto_text_list struct text_list fixed = { 0 };
	const struct hand_options options = {
		.work = work, .name = name, .output = output, .progress = args->progress,
		.module = args_text(args, "module"), .variables = &variables,
		.allow_unproven = args_has(args, "allow-unproven"),
	};
	double start = now();

	args_all(args, "make", &variables);
	for (size_t i = 0; i < variables.count; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
			    *variables.items[i]) || !strchr(variables.items[i], '='))
			return error_set(err, ERROR_USAGE, "--make takes VARIABLE=VALUE, not '%.60s'",
					 variables.items[i]);
	if (read_fixed_in_kernel(args, &fixed, err) < 0)
		return -1;
	if (conclude(args, hand_run(kernel, args->words[0], &options, &manifest, err), &fixed, output,
		     &manifest, err) < 0)
		return -1;
	print_manifest(args, &manifest, output, now() - start);
	return args_has(args, "explain") ? print_explanation(output, err) : 0;
}

int build_run(const struct args *args, struct error *err)
{
	auto_kernel struct kernel *kernel = NULL;
	auto_free char *work = NULL;
	auto_free char *name = NULL;
	auto_free char *output = NULL;
	auto_close int lock = -1;
	struct error ignored;
	bool keep;

	if (check_options(args, err) < 0 || choose_names(args, &name, &output, err) < 0 ||
	    check_targets(args, output, err) < 0 || choose_kernel(args, &kernel, err) < 0 ||
	    cache_check_writable(err) < 0 || choose_work(args, &work, &keep, err) < 0 ||
	    lock_work(work, &lock, err) < 0)
		return -1;

	int result = is_by_hand(args) ? build_by_hand(args, kernel, work, name, output, err) :
					build_with(args, kernel, work, name, output, err);

	if (!keep)
		directory_remove(work, &ignored);
	return result;
}
