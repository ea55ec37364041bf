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

/* "'NAME': patching complete" (kernel/livepatch/transition.c). */
static void read_completion(const struct kernel_log_line *line, struct livepatch_list *patches)
{
	const char *start = line->text + strlen("livepatch: '");

	if (!has_prefix(line->text, "livepatch: '") || !strstr(start, "': patching complete"))
		return;

	auto_free char *name = xstrndup(start, strcspn(start, "'"));
	struct livepatch *patch = livepatch_find(patches, name);

	if (patch && patch->state == LIVEPATCH_APPLIED)
		patch->since = time_of(line->microseconds);
}

/* "patch 'NAME' failed for module 'OBJECT', refusing to load module 'OBJECT'"
 * (kernel/livepatch/core.c klp_module_coming()). */
static void read_refusal(const struct kernel_log_line *line, struct livepatch_list *patches)
{
	char name[64], module[64];
	struct livepatch *patch;

	if (sscanf(line->text, "livepatch: patch '%63[^']' failed for module '%63[^']'", name,
		   module) != 2)
		return;
	patch = livepatch_find(patches, name);
	for (size_t i = 0; patch && i < patch->count; i++) {
		struct livepatch_object *object = &patch->objects[i];

		if (strcmp(object->name, module) != 0 || object->patched == 1 || object->problem)
			continue;
		object->problem = xstrdup("the kernel refused to load it because of this patch; "
					  "unload the patch, load the module, load the patch again");
	}
}

static void read_log(struct livepatch_list *patches)
{
	auto_kernel_log struct kernel_log log;
	struct kernel_log_line line;

	kernel_log_open(&log, true);
	while (kernel_log_next(&log, &line)) {
		read_completion(&line, patches);
		read_refusal(&line, patches);
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
