// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"

int fetch_file(const struct fetcher *fetcher, const char *name, size_t limit, struct buffer *into,
	       struct error *err)
{
	size_t before = into->size;

	if (fetcher->fetch(fetcher->user, name, limit, into, err) < 0)
		return -1;
	if (into->size - before > limit)
		return error_set(err, ERROR_INVALID, "%s: larger than the limit of %zu bytes", name,
				 limit);
	return 0;
}

static int fetch_from_folder(void *user, const char *name, size_t limit, struct buffer *into,
			     struct error *err)
{
	auto_free char *path = path_join(user, name);
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat info;

	if (fd < 0 || fstat(fd, &info) < 0)
		return error_errno(err, "cannot open %s", path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, ERROR_INVALID, "%s: not a regular file", path);
	if (file_read_fd(fd, limit, into, err) < 0)
		return error_context(err, "%s", path);
	return 0;
}

struct fetcher fetcher_of_folder(const char *path)
{
	return (struct fetcher){ .fetch = fetch_from_folder, .user = (void *)path };
}
