// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/compile.h"

#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "build/relative.h"

#define DEPS_LIMIT ((size_t)4 << 20)
#define AT_ONCE_LIMIT 256

void compile_jobs_clear(struct compile_jobs *jobs)
{
	for (size_t i = 0; i < jobs->count; i++) {
		free(jobs->items[i].source);
		free(jobs->items[i].tree);
		free(jobs->items[i].shown_tree);
		free(jobs->items[i].object);
		free(jobs->items[i].deps);
	}
	free(jobs->items);
	*jobs = (struct compile_jobs){ 0 };
}

/* Adds the argument with every path below `from` led to `to` instead. */
static void add_moved(struct text_list *argv, const char *argument, const char *from,
		      const char *to)
{
	auto_buffer struct buffer moved = BUFFER_INIT;
	const char *found;

	while ((found = strstr(argument, from))) {
		size_t length = strlen(from);

		buffer_add(&moved, argument, (size_t)(found - argument));
		buffer_add_text(&moved, found[length] == '/' || !found[length] ? to : from);
		argument = found + length;
	}
	buffer_add_text(&moved, argument);
	text_list_add(argv, buffer_text(&moved));
}

void compile_command(const struct text_list *command, const char *shown_tree, const char *tree,
		     struct text_list *argv)
{
	for (size_t i = 0; i < command->count; i++) {
		if (shown_tree)
			add_moved(argv, command->items[i], shown_tree, tree);
		else
			text_list_add(argv, command->items[i]);
	}
}

static void make_argv(const struct compile_job *job, struct text_list *argv)
{
	compile_command(job->command, job->shown_tree, job->tree, argv);
	if (job->include) {
		text_list_add(argv, "-include");
		text_list_add(argv, job->include);
	}
	if (job->include_folder) {
		text_list_add(argv, "-I");
		text_list_add(argv, job->include_folder);
	}
	text_list_add(argv, "-ffunction-sections");
	text_list_add(argv, "-fdata-sections");
	if (job->shown_tree)
		text_list_printf(argv, "-fdebug-prefix-map=%s=%s", job->tree, job->shown_tree);
	text_list_add(argv, "-fdiagnostics-color=never");
	text_list_add(argv, "-MMD");
	text_list_add(argv, "-MF");
	text_list_add(argv, job->deps);
	text_list_add(argv, "-MT");
	text_list_add(argv, "unit");
	if (job->only_text)
		text_list_add(argv, "-E");
	text_list_add(argv, "-o");
	text_list_add(argv, job->object);
	text_list_add(argv, job->source);
}

/* A running compiler; the child can be waited for with poll(). */
struct slot {
	struct process *process; /* NULL: free */
	int pidfd;
	size_t job; /* index into the jobs */
};

struct runner {
	const struct compile_jobs *jobs;
	struct slot *slots;
	unsigned at_once;
	size_t started, finished;
};

static int start_next(struct runner *runner, struct slot *slot, struct error *err)
{
	const struct compile_job *job = &runner->jobs->items[runner->started];
	auto_text_list struct text_list argv = { 0 };
	/* The compiler notes $PWD as the place of compilation if it leads there. */
	auto_free char *pwd = xasprintf("PWD=%s", job->tree);
	const char *const env[] = { "LC_ALL=C", pwd, NULL };

	make_argv(job, &argv);

	struct process_spec spec = { .argv = (const char *const *)argv.items, .cwd = job->tree,
				     .env = env };

	if (process_start(&spec, &slot->process, err) < 0)
		return error_context(err, "compiling %s", job->source);
	slot->job = runner->started++;
	slot->pidfd = (int)syscall(SYS_pidfd_open, process_pid(slot->process), 0);
	return 0;
}

/* The slot of a compiler that has ended. After a second of nothing any running one will do: it may
 * wait for somebody to read what it says. */
static struct slot *wait_for_one(struct runner *runner)
{
	struct pollfd fds[AT_ONCE_LIMIT];
	struct slot *running = NULL;

	for (unsigned i = 0; i < runner->at_once; i++) {
		bool used = runner->slots[i].process != NULL;

		fds[i] = (struct pollfd){ .fd = used ? runner->slots[i].pidfd : -1,
					  .events = POLLIN };
		if (used && !running)
			running = &runner->slots[i];
	}
	if (poll(fds, runner->at_once, 1000) > 0)
		for (unsigned i = 0; i < runner->at_once; i++)
			if (fds[i].revents)
				return &runner->slots[i];
	return running;
}

/* The lines that name errors, without the carets; the whole output if there are none. */
static char *error_lines(const char *text)
{
	auto_text_list struct text_list lines = { 0 };
	auto_buffer struct buffer result = BUFFER_INIT;

	text_list_split(&lines, text, "\n");
	for (size_t i = 0, found = 0; i < lines.count && found < 3; i++) {
		if (!strstr(lines.items[i], "error: "))
			continue;
		buffer_printf(&result, "%s%s", found++ ? "; " : "", lines.items[i]);
	}
	return result.size ? buffer_steal_text(&result) : xstrdup(text);
}

static int finish_one(struct runner *runner, struct slot *slot, struct error *err)
{
	auto_process_result struct process_result result = { 0 };
	struct process *process = steal_ptr(slot->process);
	const struct compile_job *job = &runner->jobs->items[slot->job];

	if (slot->pidfd >= 0)
		close(slot->pidfd);
	if (process_finish(process, &result, err) < 0)
		return error_context(err, "compiling %s", job->source);
	runner->finished++;
	if (result.status == 0)
		return 0;

	auto_free char *text = error_lines(buffer_text(&result.err));

	return error_set(err, ERROR_TOOL, "%s does not compile: %s", job->source,
			 *text ? text : "the compiler failed without a word");
}

static int run_all(struct runner *runner, const struct progress *progress, size_t *ret_failed,
		   struct error *err)
{
	while (runner->finished < runner->jobs->count) {
		for (unsigned i = 0; i < runner->at_once; i++)
			if (!runner->slots[i].process && runner->started < runner->jobs->count &&
			    start_next(runner, &runner->slots[i], err) < 0)
				return -1;

		struct slot *slot = wait_for_one(runner);

		if (finish_one(runner, slot, err) < 0) {
			*ret_failed = slot->job;
			return -1;
		}
		progress_step(progress, runner->finished, runner->jobs->count, "compiling");
	}
	return 0;
}

int compile_run(const struct compile_jobs *jobs, unsigned at_once, const struct progress *progress,
		size_t *ret_failed, struct error *err)
{
	struct runner runner = { .jobs = jobs, .at_once = at_once };

	if (runner.at_once > AT_ONCE_LIMIT)
		runner.at_once = AT_ONCE_LIMIT;
	runner.slots = xcalloc(runner.at_once, sizeof(*runner.slots));
	*ret_failed = 0;

	int result = run_all(&runner, progress, ret_failed, err);

	for (unsigned i = 0; i < runner.at_once; i++) {
		if (!runner.slots[i].process)
			continue;
		if (runner.slots[i].pidfd >= 0)
			close(runner.slots[i].pidfd);
		process_free(runner.slots[i].process);
	}
	free(runner.slots);
	return result;
}

int compile_read_deps(const char *path, struct text_list *ret_files, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list words = { 0 };

	if (file_read(path, DEPS_LIMIT, &text, err) < 0)
		return error_context(err, "the compiler's dependencies");
	text_list_split(&words, buffer_text(&text), " \t\n");
	for (size_t i = 0; i < words.count; i++) {
		const char *word = words.items[i];

		if (!strcmp(word, "\\") || !strcmp(word, "unit:"))
			continue;
		if (*word == '/') {
			text_list_add(ret_files, word);
			continue;
		}

		auto_free char *file = relative_join("", word);

		text_list_add(ret_files, file ? file : word);
	}
	return 0;
}
