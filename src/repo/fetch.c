// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
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

/* Whoever fills the folder may be somebody else: no symbolic link below it is followed, and nothing
 * is opened that could block. */
static int open_beneath(const char *folder, const char *name)
{
	int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (const char *slash; at >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
		auto_free char *component = xstrndup(name, (size_t)(slash - name));
		auto_close int above = at;

		at = openat(above, component, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (at < 0)
		return -1;

	auto_close int last = at;

	return openat(last, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

static int fetch_from_folder(void *user, const char *name, size_t limit, struct buffer *into,
			     struct error *err)
{
	auto_free char *path = path_join(user, name);
	auto_close int fd = open_beneath(user, name);
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
