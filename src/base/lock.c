// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/lock.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

#define LOCKS_LIMIT ((size_t)16 << 20)
#define TRIES_BEFORE_TELLING 10
#define TRY_NANOSECONDS 100000000

/* "3: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF"; blocked ones have "->" and are not it. */
static int holder_in_line(const char *line, const struct stat *info)
{
	unsigned major_number, minor_number;
	unsigned long long inode;
	int pid;

	if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%llu", &pid, &major_number, &minor_number,
		   &inode) != 4)
		return 0;
	return inode == info->st_ino && major_number == major(info->st_dev) &&
			       minor_number == minor(info->st_dev) ?
		       pid :
		       0;
}

/* The lock is inherited by the programs that its owner runs, so the owner itself may be gone. */
static char *describe(int pid)
{
	auto_buffer struct buffer name = BUFFER_INIT;
	auto_free char *path = xasprintf("/proc/%d/comm", pid);
	struct error ignored;

	if (file_read(path, 64, &name, &ignored) < 0)
		return xasprintf("a program that process %d started", pid);

	char *text = buffer_steal_text(&name);

	text[strcspn(text, "\n")] = 0;

	char *result = xasprintf("process %d (%s)", pid, text);

	free(text);
	return result;
}

char *lock_holder(const char *path)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_text_list struct text_list lines = { 0 };
	struct error ignored;
	struct stat info;

	if (stat(path, &info) < 0 || file_read("/proc/locks", LOCKS_LIMIT, &text, &ignored) < 0)
		return NULL;
	text_list_split(&lines, buffer_text(&text), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		int pid = holder_in_line(lines.items[i], &info);

		if (pid > 0)
			return describe(pid);
	}
	return NULL;
}

/* Until it is there or a second has passed: most waits are short and not worth a word. */
static int try_for_a_second(const char *path, int *ret_fd, struct error *err)
{
	for (int i = 0; i < TRIES_BEFORE_TELLING; i++) {
		if (file_lock(path, false, ret_fd, err) == 0)
			return 0;
		if (err->code != ERROR_TEMPORARY || interrupt_check(err) < 0)
			return -1;
		nanosleep(&(struct timespec){ .tv_nsec = TRY_NANOSECONDS }, NULL);
	}
	return file_lock(path, false, ret_fd, err);
}

int lock_wait(const char *path, const char *what, const struct progress *progress, int *ret_fd,
	      struct error *err)
{
	if (try_for_a_second(path, ret_fd, err) == 0)
		return 0;
	if (err->code != ERROR_TEMPORARY)
		return -1;

	auto_free char *holder = lock_holder(path);

	progress_step(progress, 0, 0, "waiting: %s holds %s", holder ? holder : "another process",
		      what);
	return file_lock(path, true, ret_fd, err);
}
