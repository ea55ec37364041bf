// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"

#define IDENTITY_DIGITS 32
#define LOCK_TRIES 10 /* a second */

static const char *const paths[] = {
#define X(place, path) [place] = path,
	PLACES(X)
#undef X
};

char *place_path(const char *root, enum place place)
{
	size_t length = root ? strlen(root) : 0;

	while (length && root[length - 1] == '/')
		length--;
	return xasprintf("%.*s%s", (int)length, root ? root : "", paths[place]);
}

char *place_file(const char *root, enum place place, const char *name)
{
	auto_free char *folder = place_path(root, place);

	return path_join(folder, name);
}

static int read_state_bytes(const char *path, size_t limit, struct buffer *into, struct error *err)
{
	auto_close int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat info;

	if (fd < 0 || fstat(fd, &info) < 0)
		return error_errno(err, "cannot read %s", path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, ERROR_INVALID, "%s: not a regular file", path);
	if (file_read_fd(fd, limit, into, err) < 0)
		return error_context(err, "%s", path);
	return 0;
}

int state_read(const char *path, size_t limit, json_value **ret_value, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	if (read_state_bytes(path, limit, &text, err) < 0)
		return -1;
	if (json_parse(text.data, text.size, ret_value, err) < 0)
		return error_context(err, "%s", path);
	return 0;
}

int state_damaged(const char *path, const char *remedy, struct error *err)
{
	const struct error why = *err;
	size_t length = strlen(path);
	const char *words = why.msg;

	if (has_prefix(words, path) && has_prefix(words + length, ": "))
		words += length + 2;
	if (err->code != ERROR_INVALID)
		return -1;
	return error_set(err, ERROR_INVALID, "%s is damaged (%.120s): %s", path, words, remedy);
}

/* file_write() keeps to the umask; a service's may be anything, and these modes are meant. */
static int write_state_bytes(const char *path, const void *data, size_t size, mode_t mode,
			     struct error *err)
{
	auto_free char *folder = xstrdup(path);
	mode_t mask;
	int result;

	*strrchr(folder, '/') = 0;
	mask = umask(022);
	result = *folder && !is_directory(folder) ? directory_make(folder, err) : 0;
	umask(0);
	if (result == 0)
		result = file_write(path, data, size, mode, true, err);
	umask(mask);
	return result;
}

int state_write_text(const char *path, const char *text, mode_t mode, struct error *err)
{
	return write_state_bytes(path, text, strlen(text), mode, err);
}

int state_write(const char *path, const json_value *value, mode_t mode, struct error *err)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	json_write(value, &text);
	return write_state_bytes(path, text.data, text.size, mode, err);
}

/* An older version's may still be open to everybody. */
static int open_lock(const char *path, int *ret_fd, struct error *err)
{
	auto_close int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || fchmod(fd, 0600) < 0)
		return error_errno(err, "cannot open the lock %s", path);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static int make_folder_of(const char *path, struct error *err)
{
	auto_free char *folder = xstrndup(path, (size_t)(path_base(path) - path - 1));
	mode_t mask = umask(022);
	int result = is_directory(folder) ? 0 : directory_make(folder, err);

	umask(mask);
	return result;
}

int state_lock(const char *root, enum place place, unsigned seconds, int *ret_fd, struct error *err)
{
	static const struct timespec pause = { .tv_nsec = 1000000000 / LOCK_TRIES };
	auto_free char *path = place_path(root, place);
	auto_close int fd = -1;

	if (make_folder_of(path, err) < 0 || open_lock(path, &fd, err) < 0)
		return -1;
	for (unsigned i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_errno(err, "cannot lock %s", path);
		if (was_interrupted())
			return error_set(err, ERROR_INTERRUPTED, "interrupted while waiting for %s",
					 path);
		if (i >= seconds * LOCK_TRIES)
			return error_set(err, ERROR_TEMPORARY,
					 "another run holds %s since more than %u seconds: try again "
					 "later ('fuser %s' names it)", path, seconds, path);
		nanosleep(&pause, NULL);
	}
	*ret_fd = fd;
	fd = -1;
	return 0;
}

char *machine_identity(const char *root)
{
	auto_free char *path = place_path(root, PLACE_MACHINE_ID);
	auto_buffer struct buffer text = BUFFER_INIT;
	struct digest *digest;
	struct error ignored;
	char hex[DIGEST_HEX_SIZE];

	if (file_read(path, 64, &text, &ignored) < 0 || text.size < IDENTITY_DIGITS ||
	    strspn(buffer_text(&text), "0123456789abcdef") != IDENTITY_DIGITS)
		return NULL;
	digest = digest_new();
	digest_add(digest, "suture machine\n", strlen("suture machine\n"));
	digest_add(digest, text.data, IDENTITY_DIGITS);
	digest_finish(digest, hex);
	hex[IDENTITY_DIGITS] = 0;
	return xstrdup(hex);
}
