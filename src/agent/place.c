// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/place.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#define IDENTITY_DIGITS 32

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
