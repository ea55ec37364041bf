// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/sysroot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

#define TEXT_LIMIT ((size_t)64 << 10)
#define NAMES_LIMIT ((size_t)1 << 20)

int sysroot_open(const char *folder, struct sysroot *ret_root, struct error *err)
{
	bool live = !folder || !strcmp(folder, "/");
	int fd = open(live ? "/" : folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot open the system tree %s", live ? "/" : folder);
	*ret_root = (struct sysroot){ .fd = fd, .live = live };
	return 0;
}

void sysroot_close(struct sysroot *root)
{
	if (root->fd > 0)
		close(root->fd);
	root->fd = -1;
}

static int open_path(const struct sysroot *root, const char *path, int flags)
{
	/* openat2(2) takes O_PATH only without flags that mean nothing to it. */
	const struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_NOCTTY)),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	if (root->live)
		return open(path, flags | O_CLOEXEC | O_NOCTTY);
	return (int)syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
}

static int open_for_reading(const struct sysroot *root, const char *path)
{
	struct stat info;
	/* Not blocking: a tree may hold a FIFO that nobody ever writes to. */
	int fd = open_path(root, path, O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		return -1;
	if (!root->live && fstat(fd, &info) == 0 && !S_ISREG(info.st_mode) &&
	    !S_ISDIR(info.st_mode)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

#define FORMAT_PATH(path, format)                  \
	va_list args;                              \
	va_start(args, format);                    \
	auto_free char *path = xvasprintf(format, args); \
	va_end(args)

int sysroot_open_file(const struct sysroot *root, int *ret_fd, struct error *err,
		      const char *format, ...)
{
	FORMAT_PATH(path, format);
	int fd = open_for_reading(root, path);

	if (fd < 0)
		return error_errno(err, "cannot open %s", path);
	*ret_fd = fd;
	return 0;
}

int sysroot_read(const struct sysroot *root, size_t limit, struct buffer *into, struct error *err,
		 const char *format, ...)
{
	FORMAT_PATH(path, format);
	auto_close int fd = open_for_reading(root, path);

	if (fd < 0)
		return error_errno(err, "cannot open %s", path);
	if (file_read_fd(fd, limit, into, err) < 0)
		return error_context(err, "%s", path);
	return 0;
}

static char *read_text(const struct sysroot *root, const char *path)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_close int fd = open_for_reading(root, path);
	struct error dropped;

	if (fd < 0 || file_read_fd(fd, TEXT_LIMIT, &text, &dropped) < 0)
		return NULL;
	if (text.size && memchr(text.data, 0, text.size))
		return NULL; /* not a text */
	while (text.size && text.data[text.size - 1] == '\n')
		text.data[--text.size] = 0;
	return buffer_steal_text(&text);
}

char *sysroot_text(const struct sysroot *root, const char *format, ...)
{
	FORMAT_PATH(path, format);
	return read_text(root, path);
}

long long sysroot_number(const struct sysroot *root, long long otherwise, const char *format, ...)
{
	FORMAT_PATH(path, format);
	auto_free char *text = read_text(root, path);
	char *end;

	if (!text || !*text)
		return otherwise;
	errno = 0;

	long long value = strtoll(text, &end, 10);

	return errno || *end ? otherwise : value;
}

bool sysroot_exists(const struct sysroot *root, const char *format, ...)
{
	FORMAT_PATH(path, format);
	auto_close int fd = open_path(root, path, O_PATH);

	return fd >= 0;
}

bool sysroot_is_directory(const struct sysroot *root, const char *path)
{
	auto_close int fd = open_path(root, path, O_PATH | O_DIRECTORY);

	return fd >= 0;
}

int sysroot_list(const struct sysroot *root, struct text_list *ret_names, struct error *err,
		 const char *format, ...)
{
	FORMAT_PATH(path, format);
	int fd = open_path(root, path, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return error_errno(err, "cannot read the folder %s", path);

	DIR *folder = fdopendir(fd);
	struct dirent *entry;

	if (!folder) {
		close(fd);
		return error_errno(err, "cannot read the folder %s", path);
	}
	while (ret_names->count < NAMES_LIMIT && (errno = 0, entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			text_list_add(ret_names, entry->d_name);
	if (ret_names->count < NAMES_LIMIT && errno && errno != ENOENT) {
		error_errno(err, "cannot read the folder %s", path);
		closedir(folder);
		return -1;
	}
	closedir(folder);
	text_list_sort(ret_names);
	return 0;
}

int sysroot_write(const struct sysroot *root, const char *text, struct error *err,
		  const char *format, ...)
{
	FORMAT_PATH(path, format);

	if (!root->live)
		return error_set(err, ERROR_USAGE,
				 "cannot write %s: a captured tree is only for reading", path);

	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	size_t size = strlen(text);

	if (fd < 0)
		return error_errno(err, "cannot open %s for writing", path);
	if (write(fd, text, size) != (ssize_t)size)
		return error_errno(err, "cannot write '%s' to %s", text, path);
	return 0;
}
