// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/output.h"

int file_read_fd(int fd, size_t limit, struct buffer *into, struct error *err)
{
	size_t total = 0;
	char block[65536];

	for (;;) {
		ssize_t got = read(fd, block, sizeof(block));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, "cannot read");
		if (got == 0)
			return 0;
		total += (size_t)got;
		if (total > limit)
			return error_set(err, ERROR_INVALID,
					 "larger than the limit of %zu bytes", limit);
		buffer_add(into, block, (size_t)got);
	}
}

int file_read(const char *path, size_t limit, struct buffer *into, struct error *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot open %s", path);
	if (file_read_fd(fd, limit, into, err) < 0)
		return error_context(err, "%s", path);
	return 0;
}

int file_write(const char *path, const void *data, size_t size, mode_t mode, bool durable,
	       struct error *err)
{
	auto_output struct output output = OUTPUT_INIT;

	if (output_open(path, &output, err) < 0 || output_write(&output, data, size, err) < 0)
		return -1;
	return output_finish(&output, mode, durable, err);
}

int file_write_text(const char *path, const char *text, struct error *err)
{
	return file_write(path, text, strlen(text), 0666, false, err);
}

static int copy_bytes(int from, const struct output *to, struct error *err)
{
	for (;;) {
		ssize_t put = copy_file_range(from, NULL, to->fd, NULL, (size_t)1 << 30, 0);

		if (put == 0)
			break;
		if (put < 0 && (errno == EXDEV || errno == EINVAL || errno == ENOSYS ||
				errno == EOPNOTSUPP))
			break;
		if (put < 0)
			return error_errno(err, "cannot write %s", to->path);
	}
	/* What copy_file_range() could not do (pseudo-files, other file systems). */
	char block[65536];
	ssize_t got;

	while ((got = read(from, block, sizeof(block))) > 0)
		if (output_write(to, block, (size_t)got, err) < 0)
			return -1;
	return got < 0 ? error_errno(err, "cannot read") : 0;
}

int file_copy(const char *from, const char *to, struct error *err)
{
	auto_close int in = open(from, O_RDONLY | O_CLOEXEC);
	auto_output struct output out = OUTPUT_INIT;
	struct stat info;

	if (in < 0 || fstat(in, &info) < 0)
		return error_errno(err, "cannot open %s", from);
	if (output_open(to, &out, err) < 0)
		return -1;
	if (copy_bytes(in, &out, err) < 0)
		return error_context(err, "cannot copy %s to %s", from, to);
	return output_finish(&out, info.st_mode & 0777, false, err);
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int file_lock(const char *path, bool wait, int *ret_fd, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	int result;

	if (fd < 0)
		return error_errno(err, "cannot open the lock %s", path);
	do {
		result = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
	} while (result < 0 && errno == EINTR && !wait);
	if (result < 0) {
		if (errno == EWOULDBLOCK)
			error_set(err, ERROR_TEMPORARY, "%s is locked by another process", path);
		else if (errno == EINTR)
			error_set(err, ERROR_INTERRUPTED, "interrupted while waiting for %s", path);
		else
			error_errno(err, "cannot lock %s", path);
		close(fd);
		return -1;
	}
	*ret_fd = fd;
	return 0;
}

char *path_join(const char *folder, const char *name)
{
	size_t length = strlen(folder);

	return xasprintf("%s%s%s", folder, length && folder[length - 1] == '/' ? "" : "/", name);
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int mapping_open(const char *path, size_t limit, struct mapping *ret_mapping, struct error *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;

	if (fd < 0 || fstat(fd, &info) < 0)
		return error_errno(err, "cannot open %s", path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, ERROR_INVALID, "%s: not a regular file", path);
	if (info.st_size == 0)
		return error_set(err, ERROR_INVALID, "%s: empty file", path);
	if ((uintmax_t)info.st_size > limit)
		return error_set(err, ERROR_INVALID, "%s: larger than the limit of %zu bytes", path,
				 limit);

	void *data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (data == MAP_FAILED)
		return error_errno(err, "cannot map %s", path);
	*ret_mapping = (struct mapping){ .data = data, .size = (size_t)info.st_size };
	return 0;
}

void mapping_clear(struct mapping *mapping)
{
	if (mapping->data)
		munmap((void *)mapping->data, mapping->size);
	*mapping = (struct mapping){ 0 };
}
