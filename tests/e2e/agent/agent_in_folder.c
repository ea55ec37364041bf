// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The agent with a kernel made of folders, for what a test machine cannot do a thousand times with a
 * real one: fail at each step. Everything but the two calls of agent/loader.h is the real agent; the
 * lab runs the same lives with real kernels.
 *
 * A livepatch is a folder below <root>/sys/kernel/livepatch, exchanged for the others at once. What the
 * "kernel" shall do with the next module stands in <root>/kernel: "refuse", "interrupt", "oops" or "die".
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/agent.h"
#include "base/file.h"
#include "runtime/modinfo.h"

static const char *top;

static char *below(const char *name)
{
	return xasprintf("%s/%s", top, name);
}

static bool is_wanted(const char *behaviour)
{
	auto_free char *path = below("kernel");
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error ignored;

	return file_read(path, 64, &text, &ignored) == 0 &&
	       !strncmp(buffer_text(&text), behaviour, strlen(behaviour));
}

static int put(const char *folder, const char *name, const char *text, struct error *err)
{
	auto_free char *path = path_join(folder, name);

	return file_write_text(path, text, err);
}

/* The new one in the place of all others, at once: a transition is complete or it is not. */
static int insert(const char *name, struct load_result *result, struct error *err)
{
	auto_free char *livepatches = below("sys/kernel/livepatch");
	auto_free char *made = below("made");
	auto_free char *folder = path_join(made, name);
	auto_text_list struct text_list names = { 0 };

	if (directory_list(livepatches, &names, err) < 0 || directory_remove(made, err) < 0 ||
	    directory_make(folder, err) < 0 || put(folder, "enabled", "1\n", err) < 0 ||
	    put(folder, "transition", "0\n", err) < 0)
		return -1;
	if (renameat2(AT_FDCWD, made, AT_FDCWD, livepatches, RENAME_EXCHANGE) < 0)
		return error_errno(err, "cannot put the livepatch there");
	text_list_add_all(&result->removed, (const char *const *)names.items);
	return 0;
}

static int load(const struct sysroot *root, const char *label, const void *data, size_t size,
		unsigned wait_seconds, const struct progress *progress, struct load_result *result,
		struct error *err)
{
	auto_modinfo struct modinfo info = { 0 };
	auto_free char *tainted = below("proc/sys/kernel/tainted");

	(void)root;
	(void)wait_seconds;
	(void)progress;
	if (modinfo_parse(data, size, &info, err) < 0)
		return error_context(err, "%s", label);
	result->name = xstrdup(info.name);
	if (is_wanted("die"))
		_exit(99);
	if (is_wanted("refuse"))
		return error_set(err, ERROR_APPLY, "the kernel refuses %s", label);
	if (is_wanted("interrupt"))
		return error_set(err, ERROR_INTERRUPTED, "interrupted");
	if (insert(info.name, result, err) < 0)
		return -1;
	return is_wanted("oops") ? file_write_text(tainted, "128\n", err) : 0;
}

static int unload(const struct sysroot *root, const char *name, unsigned wait_seconds,
		  const struct progress *progress, struct load_result *result, struct error *err)
{
	auto_free char *livepatches = below("sys/kernel/livepatch");
	auto_free char *place = path_join(livepatches, name);
	auto_free char *gone = below("gone");

	(void)root;
	(void)wait_seconds;
	(void)progress;
	result->name = xstrdup(name);
	if (directory_remove(gone, err) < 0)
		return -1;
	return rename(place, gone) < 0 ? error_errno(err, "cannot remove %s", name) : 0;
}

/* agent_in_folder --root DIR [--once] [--now] [--boot] [--end] */
int main(int argc, char **argv)
{
	static const struct loader loader = { .load = load, .unload = unload };
	struct agent_options options = { .loader = &loader };
	struct error err = ERROR_INIT;
	unsigned probation;
	bool end = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--root") && i + 1 < argc)
			options.root = top = argv[++i];
		else if (!strcmp(argv[i], "--now"))
			options.by_hand = true;
		else if (!strcmp(argv[i], "--boot"))
			options.at_boot = true;
		else if (!strcmp(argv[i], "--end"))
			end = true;
	}
	umask(umask(077) | 022); /* as agent_main.c */
	if (!top)
		return error_exit_status(ERROR_USAGE);
	if ((end ? agent_end(top, &err) : agent_run(&options, &probation, &err)) == 0)
		return 0;
	fprintf(stderr, "agent: %s\n", err.msg);
	return error_exit_status(err.code);
}
