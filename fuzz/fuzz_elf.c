// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two hostile objects: each is read by itself, then they are compared. The first four bytes are the
 * size of the first object, little endian; the rest is the first and then the second.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "diff/changeset.h"

struct memory_file {
	int fd;
	char path[32];
};

static void fill(struct memory_file *file, const uint8_t *data, size_t size)
{
	if (file->fd <= 0) {
		file->fd = memfd_create("object", MFD_CLOEXEC);
		snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->fd);
	}
	MUST(ftruncate(file->fd, 0) == 0);
	MUST(pwrite(file->fd, data, size, 0) == (ssize_t)size);
}

static void read_alone(const uint8_t *data, size_t size)
{
	auto_object struct object *object = NULL;
	struct error err = ERROR_INIT;

	if (object_parse(data, size, "object", 0, &object, &err) < 0)
		MUST(!object && err.code != ERROR_NONE && err.msg[0]);
}

static void compare(const char *old, const char *new)
{
	auto_changeset struct changeset *changeset = NULL;
	auto_json json_value *value = json_new_object();
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error err = ERROR_INIT;

	if (changeset_make(old, new, "unit.c", &changeset, &err) < 0) {
		MUST(err.code != ERROR_NONE && err.msg[0]);
		return;
	}
	changesets_judge_init(&changeset, 1, &changeset->findings);
	changesets_judge_left_out(&changeset, NULL, 1, &changeset->findings);
	changesets_judge_unseen(&changeset, 1, &changeset->findings);
	changesets_link(&changeset, 1);
	changesets_judge_linked(&changeset, 1, &changeset->findings);
	changeset_write(changeset, value);
	changeset_describe(changeset, &text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memory_file old, new;
	uint32_t first;

	if (size < sizeof(first))
		return 0;
	memcpy(&first, data, sizeof(first));
	data += sizeof(first);
	size -= sizeof(first);
	if (first > size)
		first = (uint32_t)size;
	read_alone(data, first);
	read_alone(data + first, size - first);
	fill(&old, data, first);
	fill(&new, data + first, size - first);
	compare(old.path, new.path);
	return 0;
}
