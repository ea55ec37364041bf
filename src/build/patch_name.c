// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/patch_name.h"

#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

#define NAME_LIMIT 1024

/* One character of a C-quoted name; returns how many bytes of text it took, 0 if it is malformed. */
static size_t read_escape(const char *text, size_t size, char *ret_char)
{
	static const char letters[] = "abtnvfr\"\\", values[] = "\a\b\t\n\v\f\r\"\\";

	if (size == 0)
		return 0;

	const char *found = *text ? strchr(letters, *text) : NULL;

	if (found) {
		*ret_char = values[found - letters];
		return 1;
	}
	if (size < 3)
		return 0;

	unsigned value = 0;

	for (int i = 0; i < 3; i++) {
		if (text[i] < '0' || text[i] > '7')
			return 0;
		value = value * 8 + (unsigned)(text[i] - '0');
	}
	*ret_char = (char)value;
	return value > 255 ? 0 : 3;
}

/* Unquotes text that starts with a double quote. Returns the bytes taken, 0 if malformed. */
static size_t unquote(const char *text, size_t size, struct buffer *into)
{
	size_t i = 1;

	while (i < size && text[i] != '"') {
		char c = text[i++];

		if (c == '\\') {
			size_t taken = read_escape(text + i, size - i, &c);

			if (!taken)
				return 0;
			i += taken;
		}
		buffer_add_char(into, c);
	}
	return i < size ? i + 1 : 0;
}

static bool is_bad_part(const char *part, size_t length)
{
	return length == 0 || (length == 1 && part[0] == '.') ||
	       (length == 2 && part[0] == '.' && part[1] == '.');
}

/* Every part must name something below the tree. */
static int check_path(const char *path, struct error *err)
{
	for (const char *part = path;; ) {
		size_t length = strcspn(part, "/");

		if (is_bad_part(part, length))
			return error_set(err, ERROR_INVALID,
					 "the path '%.200s' is not a plain path inside the tree",
					 path);
		if (!part[length])
			return 0;
		part += length + 1;
	}
}

static int strip_and_check(struct buffer *name, unsigned strip, char **ret_path, struct error *err)
{
	const char *path = buffer_text(name);

	for (size_t i = 0; i < name->size; i++)
		if ((unsigned char)path[i] < ' ' || path[i] == 0x7f)
			return error_set(err, ERROR_INVALID,
					 "a file name has control characters in it");
	if (name->size > NAME_LIMIT)
		return error_set(err, ERROR_INVALID, "a file name is longer than %d bytes",
				 NAME_LIMIT);
	if (!strcmp(path, "/dev/null")) {
		*ret_path = NULL;
		return 0;
	}
	if (*path == '/')
		return error_set(err, ERROR_INVALID,
				 "the path '%.200s' is absolute, it must lie inside the tree", path);
	for (unsigned i = 0; i < strip; i++) {
		const char *slash = strchr(path, '/');

		if (!slash)
			return error_set(err, ERROR_INVALID,
					 "the path '%.200s' has no leading folder to take away; make the patch with a/ and b/ (-p1)",
					 path);
		path = slash + 1;
	}
	if (check_path(path, err) < 0)
		return -1;
	*ret_path = xstrdup(path);
	return 0;
}

int patch_name_read(const char *text, size_t size, unsigned strip, char **ret_path,
		    struct error *err)
{
	auto_buffer struct buffer name = BUFFER_INIT;

	if (size && text[0] == '"') {
		if (!unquote(text, size, &name))
			return error_set(err, ERROR_INVALID, "a quoted file name is malformed");
	} else {
		const char *tab = memchr(text, '\t', size);

		buffer_add(&name, text, tab ? (size_t)(tab - text) : size);
	}
	return strip_and_check(&name, strip, ret_path, err);
}

/* Where the second name starts if the two are equal after their first folder: "a/X b/X". */
static size_t find_half(const char *text, size_t size)
{
	if (size < 5 || size % 2 == 0)
		return 0;

	size_t half = size / 2;
	const char *first = memchr(text, '/', half);
	const char *second = memchr(text + half + 1, '/', half);

	if (text[half] != ' ' || !first || !second || first + half + 1 != second)
		return 0;
	return memcmp(first, second, half - (size_t)(first - text)) ? 0 : half;
}

int patch_name_read_git(const char *text, size_t size, char **ret_path, struct error *err)
{
	auto_buffer struct buffer name = BUFFER_INIT;

	*ret_path = NULL;
	if (size && text[0] == '"') {
		if (!unquote(text, size, &name))
			return error_set(err, ERROR_INVALID, "a quoted file name is malformed");
	} else {
		size_t half = find_half(text, size);

		if (!half)
			return 0;
		buffer_add(&name, text, half);
	}
	return strip_and_check(&name, 1, ret_path, err);
}
