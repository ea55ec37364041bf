// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

/* Where writing to a link leads. The same rule as the kernel's protected_symlinks (man 5 proc), which
 * knows nothing of a link that is read and not followed. */
static int follow_link(const char *path, const struct stat *link, char **ret_real,
		       struct error *err)
{
	char *real;

	if (link->st_uid != 0 && link->st_uid != geteuid())
		return error_set(err, ERROR_INVALID,
				 "cannot write %s: it is a symbolic link of another user", path);
	real = realpath(path, NULL);
	if (!real)
		return error_errno(err, "cannot write %s, a symbolic link", path);
	*ret_real = real;
	return 0;
}

static int open_temporary(const char *path, struct output *output, struct error *err)
{
	auto_free char *temporary = xasprintf("%s.tmp-XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot write %s", path);
	*output = (struct output){
		.fd = fd,
		.path = xstrdup(path),
		.temporary = steal_ptr(temporary),
	};
	return 0;
}

/* The path as it was given, because a link in /proc/self/fd need not name anything. */
static int open_directly(const char *path, struct output *output, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return error_errno(err, "cannot write %s", path);
	*output = (struct output){ .fd = fd, .path = xstrdup(path) };
	return 0;
}

int output_open(const char *path, struct output *ret_output, struct error *err)
{
	auto_free char *real = NULL;
	struct stat link, info;

	if (lstat(path, &link) < 0)
		return open_temporary(path, ret_output, err);
	if (stat(path, &info) == 0 && (S_ISCHR(info.st_mode) || S_ISFIFO(info.st_mode)))
		return open_directly(path, ret_output, err);
	if (S_ISLNK(link.st_mode)) {
		if (follow_link(path, &link, &real, err) < 0)
			return -1;
		path = real;
		if (lstat(path, &link) < 0)
			return error_errno(err, "cannot write %s", path);
	}
	if (!S_ISREG(link.st_mode))
		return error_set(err, ERROR_INVALID, "cannot write %s: it is no plain file", path);
	return open_temporary(path, ret_output, err);
}

int output_write(const struct output *output, const void *data, size_t size, struct error *err)
{
	const char *at = data;

	while (size) {
		ssize_t put = write(output->fd, at, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return error_errno(err, "cannot write %s", output->path);
		at += put;
		size -= (size_t)put;
	}
	return 0;
}

static int sync_parent(const char *path)
{
	auto_free char *folder = xstrdup(path);
	char *slash = strrchr(folder, '/');

	if (slash)
		slash[slash == folder] = 0;
	auto_close int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -1 : fsync(fd);
}

int output_finish(struct output *output, mode_t mode, bool durable, struct error *err)
{
	mode_t mask = umask(0);

	umask(mask);
	if (!output->temporary)
		return 0;
	if (fchmod(output->fd, mode & ~mask) < 0 || (durable && fsync(output->fd) < 0) ||
	    rename(output->temporary, output->path) < 0)
		return error_errno(err, "cannot write %s", output->path);
	free(output->temporary);
	output->temporary = NULL;
	if (durable && sync_parent(output->path) < 0)
		return error_errno(err, "cannot write %s", output->path);
	return 0;
}

void output_clear(struct output *output)
{
	if (output->temporary)
		unlink(output->temporary);
	if (output->fd >= 0)
		close(output->fd);
	free(output->temporary);
	free(output->path);
	*output = OUTPUT_INIT;
}
