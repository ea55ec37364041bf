// SPDX-License-Identifier: GPL-2.0-or-later
/* suture try: a livepatch on the kernel that it is meant for, in a throw-away machine. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "cli/author/commands.h"
#include "cli/author/try.h"
#include "cli/author/try_shell.h"
#include "cli/sibling.h"
#include "lab/job.h"
#include "lab/module_order.h"

#define SCRIPT_LIMIT ((size_t)1 << 20)
#define DEFAULT_TIMEOUT 120
#define SHELL_TIMEOUT 86400 /* a person takes their time */
/* The shortest time that `suture load` and `unload` wait for the transition; else half of --timeout. */
#define TRANSITION_WAIT 60

/* Where things stand in the machine. */
#define GUEST_SUTURE "/bin/suture"
#define GUEST_LIVEPATCH GUEST_FOLDER "/.livepatch"
#define GUEST_MODULES GUEST_FOLDER "/.modules"

const struct option_row try_options[] = {
	{ "kernel", 'k', "REL", "the kernel to boot; default: the release that runs here" },
	{ "before", 0, "SCRIPT", "run without the livepatch: before loading and after unloading" },
	{ "after", 0, "SCRIPT", "run with the livepatch loaded" },
	{ "shell", 0, NULL, "a shell in the machine, with the livepatch loaded if one was given" },
	{ "file", 0, "FILE", "hand a file in; scripts find it in their folder (repeatable)" },
	{ "program", 0, "FILE", "hand a program in, with its libraries, into /bin (repeatable)" },
	{ "agent", 0, NULL, "hand suture-agent and suture-fetch in, as on a machine that takes patches" },
	{ "module", 0, "NAME|FILE.ko", "load a module and what it needs first (repeatable)" },
	{ "append", 0, "WORDS", "more for the kernel's command line" },
	{ "forward", 0, "PORT", "a network in which 10.0.2.100:PORT is this port on our loopback" },
	{ "disk", 0, "FILE", "a file that is the machine's /dev/vda, and is written to" },
	{ "timeout", 0, "SECONDS", "end the machine after that long; default: 120" },
	{ "log", 0, "FILE", "keep the kernel's log there; default: suture-try.log" },
	{ "evidence", 0, "FILE.json", "write what was tried and seen" },
	{ "json", 0, NULL, "print what was tried and seen as JSON" },
	{ 0 },
};

const char try_details[] =
	"Boots the stock kernel in QEMU (software emulation, no network but --forward, no disk but\n"
	"--disk), runs --before, loads the livepatch and waits for its transition, runs --after,\n"
	"unloads, and runs --before again.\n"
	"Scripts are for busybox's sh and pass if they end with status 0. With source diffs instead\n"
	"of a module, the module is built first. Without either, only --before and --shell are run.\n\n"
	"Succeeds only if every step did and the kernel neither warned nor crashed. The kernel's\n"
	"log is kept.";

void trial_clear(struct trial *trial)
{
	kernel_free(trial->kernel);
	free(trial->module);
	free(trial->module_name);
	text_list_clear(&trial->patches);
	free(trial->before);
	free(trial->after);
	free(trial->log);
	for (size_t i = 0; i < trial->step_count; i++)
		free(trial->scripts[i]);
	transcript_clear(&trial->transcript);
}

static int open_kernel(const struct args *args, struct kernel **ret_kernel, struct error *err)
{
	const char *name = args_text(args, "kernel");
	struct utsname here;

	if (!name && uname(&here) == 0)
		name = here.release;
	return kernel_open(name, ret_kernel, err);
}

static void add_step(struct trial *trial, enum try_kind kind, char *script)
{
	trial->kinds[trial->step_count] = kind;
	trial->scripts[trial->step_count++] = script;
}

/* A script of the user runs as it is, whatever its first line says: the shell is busybox's. */
static int add_script(struct trial *trial, enum try_kind kind, const char *path,
		      struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	if (!path)
		return 0;
	if (file_read(path, SCRIPT_LIMIT, &text, err) < 0)
		return error_context(err, "the script");
	if (memchr(text.data, 0, text.size))
		return error_set(err, ERROR_INVALID, "%s is not a shell script", path);
	add_step(trial, kind, buffer_steal_text(&text));
	return 0;
}

/* "a.ko" for ".../a.ko.xz": modules are unpacked on the way into the machine. */
static char *unpacked_name(const char *path)
{
	char *name = xstrdup(path_base(path));
	char *ending = strstr(name, ".ko");

	if (ending)
		ending[3] = 0;
	return name;
}

static unsigned transition_wait_of(const struct args *args)
{
	uint64_t timeout = 0;
	struct error told_later; /* run_trial() reads it as well */

	if (args_number(args, "timeout", 0, 1, 86400, &timeout, &told_later) < 0 ||
	    timeout < 2 * TRANSITION_WAIT)
		return TRANSITION_WAIT;
	return (unsigned)timeout / 2;
}

static int add_steps(struct trial *trial, const struct args *args, const struct text_list *modules,
		     struct error *err)
{
	auto_buffer struct buffer insmods = BUFFER_INIT;
	unsigned wait = transition_wait_of(args);

	for (size_t i = 0; i < modules->count; i++) {
		auto_free char *name = unpacked_name(modules->items[i]);

		buffer_printf(&insmods, "insmod '" GUEST_MODULES "/%s' || exit\n", name);
	}
	if (modules->count)
		add_step(trial, TRY_MODULES, buffer_steal_text(&insmods));
	if (add_script(trial, TRY_BEFORE, trial->before, err) < 0)
		return -1;
	if (trial->module)
		add_step(trial, TRY_LOAD,
			 xasprintf("exec suture load --wait %u " GUEST_LIVEPATCH "/%s.ko", wait,
				   trial->module_name));
	if (add_script(trial, TRY_AFTER, trial->after, err) < 0)
		return -1;
	if (args_has(args, "shell"))
		add_step(trial, TRY_SHELL, shell_script(trial->kernel->id.release,
							args_has(args, "forward")));
	if (!trial->module)
		return 0;
	add_step(trial, TRY_UNLOAD, xasprintf("exec suture unload --wait %u %s", wait,
					      trial->module_name));
	return add_script(trial, TRY_AGAIN, trial->before, err);
}

/* Files with their guest paths: paths[] owns the texts that files[] points to. */
struct file_set {
	struct job_file *files;
	size_t count, capacity;
	struct text_list paths;
};

static void file_set_clear(struct file_set *set)
{
	free(set->files);
	text_list_clear(&set->paths);
}
#define auto_file_set __attribute__((cleanup(file_set_clear)))

static void add_file(struct file_set *set, const char *host_path, const char *guest_folder,
		     const char *guest_name, enum job_file_kind kind)
{
	struct job_file file = { .kind = kind };

	text_list_add(&set->paths, host_path);
	file.host_path = set->paths.items[set->paths.count - 1];
	text_list_printf(&set->paths, "%s/%s", guest_folder, guest_name);
	file.guest_path = set->paths.items[set->paths.count - 1];
	ARRAY_GROW(set->files, set->capacity, set->count + 1);
	set->files[set->count++] = file;
}

static int add_suture(const struct args *args, struct file_set *set, struct error *err)
{
	static const char *const names[] = { "suture", "suture-host", "suture-agent", "suture-fetch" };

	for (size_t i = 0; i < (args_has(args, "agent") ? ARRAY_SIZE(names) : 2); i++) {
		auto_free char *path = NULL;

		if (sibling_find(names[i], &path, err) < 0)
			return -1;
		add_file(set, path, "/bin", names[i], JOB_PROGRAM);
	}
	return 0;
}

static int collect_files(const struct args *args, const struct trial *trial,
			 const struct text_list *modules, struct file_set *set, struct error *err)
{
	auto_text_list struct text_list extra = { 0 };
	auto_text_list struct text_list programs = { 0 };

	if (add_suture(args, set, err) < 0)
		return -1;
	if (trial->module) {
		auto_free char *name = xasprintf("%s.ko", trial->module_name);

		add_file(set, trial->module, GUEST_LIVEPATCH, name, JOB_FILE);
	}
	if (args_has(args, "shell") && trial->kernel->config) { /* as the kernel's package installs it */
		auto_free char *name = xasprintf("config-%s", trial->kernel->id.release);

		add_file(set, trial->kernel->config, "/boot", name, JOB_FILE);
	}
	for (size_t i = 0; i < modules->count; i++) {
		auto_free char *name = unpacked_name(modules->items[i]);

		add_file(set, modules->items[i], GUEST_MODULES, name, JOB_MODULE);
	}
	args_all(args, "file", &extra);
	for (size_t i = 0; i < extra.count; i++)
		add_file(set, extra.items[i], GUEST_FOLDER, path_base(extra.items[i]), JOB_FILE);
	args_all(args, "program", &programs);
	for (size_t i = 0; i < programs.count; i++)
		add_file(set, programs.items[i], "/bin", path_base(programs.items[i]), JOB_PROGRAM);
	return 0;
}

static int run_trial(const struct args *args, struct trial *trial,
		     const struct text_list *modules, const char *work, struct error *err)
{
	struct guest_step steps[TRY_MAX_STEPS];
	auto_file_set struct file_set set = { 0 };
	uint64_t timeout, port;
	bool shell = args_has(args, "shell");

	if (args_number(args, "timeout", shell ? SHELL_TIMEOUT : DEFAULT_TIMEOUT, 1, 86400, &timeout,
			err) < 0 ||
	    args_number(args, "forward", 0, 1, 65535, &port, err) < 0 ||
	    collect_files(args, trial, modules, &set, err) < 0)
		return -1;
	for (size_t i = 0; i < trial->step_count; i++) /* a livepatch is unloaded in any case */
		steps[i] = (struct guest_step){ .script = trial->scripts[i],
						.go_on = trial->kinds[i] == TRY_AFTER ||
							 trial->kinds[i] == TRY_SHELL };

	const struct job job = { .kernel = trial->kernel,
				 .files = set.files,
				 .file_count = set.count,
				 .steps = steps,
				 .step_count = trial->step_count,
				 .timeout_seconds = (unsigned)timeout,
				 .arguments = args_text(args, "append"),
				 .forward_port = (unsigned)port,
				 .terminal = shell,
				 .disk = args_text(args, "disk"),
				 .work = work,
				 .console_path = trial->log,
				 .progress = args->progress };

	return job_run(&job, &trial->transcript, err);
}

/* Runs `suture build` in the work folder, where its module is the only one. */
static int build_module(const struct args *args, struct trial *trial, const char *work,
			struct error *err)
{
	auto_text_list struct text_list argv = { 0 };
	auto_text_list struct text_list names = { 0 };
	auto_process_result struct process_result result = { 0 };

	text_list_add(&argv, "/proc/self/exe");
	text_list_add(&argv, "build");
	text_list_add(&argv, "--kernel");
	text_list_add(&argv, trial->kernel->id.release);
	for (size_t i = 0; i < trial->patches.count; i++)
		text_list_add(&argv, trial->patches.items[i]);

	const struct process_spec spec = { .argv = (const char *const *)argv.items, .cwd = work };

	progress_step(args->progress, 0, 0, "building the livepatch");
	if (process_run(&spec, &result, err) < 0)
		return -1;
	if (result.status != 0) {
		fputs(buffer_text(&result.err), stderr);
		return result.status;
	}
	if (directory_list(work, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (has_suffix(names.items[i], ".ko"))
			trial->module = path_join(work, names.items[i]);
	if (!trial->module)
		return error_set(err, ERROR_TOOL, "'suture build' succeeded and made no module");
	return 0;
}

static int absolute_path(const char *path, char **ret_path, struct error *err)
{
	*ret_path = realpath(path, NULL);
	return *ret_path ? 0 : error_errno(err, "cannot open %s", path);
}

/* Sets trial->module from the command line, building it if need be. Returns an exit status of
 * `suture build` if that is not 0. */
static int find_livepatch(const struct args *args, struct trial *trial, const char *work,
			  struct error *err)
{
	int result = 0;

	for (size_t i = 0; i < args->count; i++) {
		auto_free char *path = NULL;

		if (absolute_path(args->words[i], &path, err) < 0)
			return -1;
		if (!has_suffix(path, ".ko"))
			text_list_add(&trial->patches, path);
		else if (args->count == 1)
			trial->module = steal_ptr(path);
		else
			return error_set(err, ERROR_USAGE,
					 "either one module or source diffs, not %s and others",
					 args->words[i]);
	}
	if (trial->patches.count)
		result = build_module(args, trial, work, err);
	if (result != 0 || !trial->module)
		return result;
	if (module_read_name(trial->module, &trial->module_name, err) < 0)
		return -1;
	return module_check_kernel(trial->module, trial->kernel, err);
}

/* What drives the machine's network card; a kernel may have one of them built in. */
static void add_network_modules(const struct kernel *kernel, struct text_list *modules)
{
	static const char *const names[] = { "virtio_pci", "virtio_net" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct error built_in;

		module_order_add(kernel, names[i], modules, &built_in);
	}
}

static int prepare(const struct args *args, struct trial *trial, struct text_list *modules,
		   struct error *err)
{
	auto_text_list struct text_list wanted = { 0 };
	const char *before = args_text(args, "before"), *after = args_text(args, "after");
	const char *log = args_text(args, "log");

	if (!args->count && !before && !args_has(args, "shell"))
		return error_set(err, ERROR_USAGE,
				 "nothing to try: give a livepatch, source diffs, --before or --shell");
	if (args_has(args, "shell") && args_has(args, "json"))
		return error_set(err, ERROR_USAGE,
				 "--shell needs the standard output that --json would use");
	if (args_has(args, "shell") && args_has(args, "evidence"))
		return error_set(err, ERROR_USAGE,
				 "what somebody does in a shell is no evidence: leave --shell out");
	if (!args->count && after)
		return error_set(err, ERROR_USAGE, "--after needs a livepatch to run after");
	trial->before = before ? xstrdup(before) : NULL;
	trial->after = after ? xstrdup(after) : NULL;
	trial->log = xstrdup(log ? log : "suture-try.log");
	if (args_has(args, "disk") && !file_exists(args_text(args, "disk")))
		return error_set(err, ERROR_NOT_FOUND, "the disk %s is not there",
				 args_text(args, "disk"));
	if (open_kernel(args, &trial->kernel, err) < 0)
		return -1;
	if (args_has(args, "shell") && args_has(args, "forward"))
		add_network_modules(trial->kernel, modules);
	args_all(args, "module", &wanted);
	for (size_t i = 0; i < wanted.count; i++)
		if (module_order_add(trial->kernel, wanted.items[i], modules, err) < 0)
			return -1;
	return 0;
}

static int write_evidence(const char *path, const json_value *value, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	json_write(value, &text);
	return file_write_text(path, buffer_text(&text), err);
}

static int tell(const struct args *args, const struct trial *trial, struct error *err)
{
	const char *evidence = args_text(args, "evidence");
	auto_json json_value *value = NULL;

	if (trial_json(trial, &value, err) < 0)
		return -1;
	if (args_has(args, "json"))
		print_json(value);
	else
		trial_print(trial);
	if (evidence && write_evidence(evidence, value, err) < 0)
		return -1;
	return trial_verdict(trial, err);
}

static int try_in(const struct args *args, const char *work, struct error *err)
{
	auto_trial struct trial trial = { 0 };
	auto_text_list struct text_list modules = { 0 };
	int result;

	if (prepare(args, &trial, &modules, err) < 0)
		return -1;
	result = find_livepatch(args, &trial, work, err);
	if (result != 0)
		return result;
	if (add_steps(&trial, args, &modules, err) < 0 ||
	    run_trial(args, &trial, &modules, work, err) < 0)
		return -1;
	return tell(args, &trial, err);
}

int run_try(const struct args *args, struct error *err)
{
	const char *parent = getenv("TMPDIR");
	auto_free char *work = NULL;
	struct error ignored;

	if (directory_make_temporary(parent && *parent ? parent : "/tmp", &work, err) < 0)
		return -1;

	int result = try_in(args, work, err);

	directory_remove(work, &ignored);
	return result;
}
