// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/record.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "runtime/kernel_log.h"

#define FOLDER "/run/suture/livepatch"

static void write_record(const char *name, const char *what)
{
	auto_free char *path = xasprintf(FOLDER "/%s.%s", name, what);
	auto_free char *text = xasprintf("%lld\n", (long long)time(NULL));
	struct error dropped;

	if (directory_make(FOLDER, &dropped) == 0)
		file_write_text(path, text, &dropped);
}

void record_applied(const char *name)
{
	write_record(name, "applied");
}

void record_forced(const char *name)
{
	write_record(name, "forced");
}

void record_remove(const char *name)
{
	auto_free char *path = xasprintf(FOLDER "/%s.applied", name);

	unlink(path); /* "forced" stays: it says something about this boot */
}

/* The log's clock started with the kernel; what it says becomes a time of day. */
static int64_t time_of(int64_t microseconds)
{
	struct timespec now, since_boot;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_MONOTONIC, &since_boot);
	return now.tv_sec - since_boot.tv_sec + microseconds / 1000000;
}

/* kernel/livepatch/transition.c: "'NAME': patching complete" and "'NAME': ... forcing ...". */
static void read_log(struct livepatch_list *patches)
{
	auto_kernel_log struct kernel_log log;
	struct kernel_log_line line;

	kernel_log_open(&log, true);
	while (kernel_log_next(&log, &line)) {
		if (!has_prefix(line.text, "livepatch: '") || !strstr(line.text, ": patching complete"))
			continue;

		auto_free char *name = xstrndup(line.text + 12, strcspn(line.text + 12, "'"));
		struct livepatch *patch = livepatch_find(patches, name);

		if (patch && patch->state == LIVEPATCH_APPLIED)
			patch->since = time_of(line.microseconds);
	}
}

void record_read(const struct sysroot *root, struct livepatch_list *patches)
{
	if (root->live && patches->count)
		read_log(patches);
	for (size_t i = 0; i < patches->count; i++) {
		struct livepatch *patch = &patches->items[i];
		int64_t since = sysroot_number(root, 0, FOLDER "/%s.applied", patch->name);

		if (patch->state == LIVEPATCH_APPLIED && since)
			patch->since = since;
		/* A forced transition leaves references behind that nobody gives back. */
		patch->forced = sysroot_exists(root, FOLDER "/%s.forced", patch->name) ||
				(patch->state == LIVEPATCH_LEFTOVER && patch->references > 0);
	}
}
