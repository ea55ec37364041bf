// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "server/exchange.h"

#define TAG_SIZE 40
#define DATE_SIZE 40
#define SMALL (64 << 10) /* bytes: read at once, so that header and contents go in one piece */

struct files {
	int folder;
};

/* The kernel itself keeps it below the folder, whatever links there are and become meanwhile. */
static int open_below(const struct files *files, const char *name)
{
	const struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, files->folder, name, &how, sizeof(how));
}

int files_open(const char *folder, struct files **ret_files, struct error *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot open the repository %s", folder);

	/* Better no server than one that has no file: openat2(2) may be filtered. */
	const struct files files = { .folder = fd };
	auto_close int self = open_below(&files, ".");

	if (self < 0) {
		error_errno(err, "cannot look into the repository %s by openat2(2)", folder);
		close(fd);
		return -1;
	}
	*ret_files = xcalloc(1, sizeof(**ret_files));
	(*ret_files)->folder = fd;
	return 0;
}

void files_free(struct files *files)
{
	if (!files)
		return;
	close(files->folder);
	free(files);
}

/* No part begins with a dot: neither "..", nor what the repository's author has not published. */
static bool is_public(const char *name)
{
	const char *part = name;

	if (!*name || *name == '/' || strlen(name) >= 1024)
		return false;
	while (part) {
		if (*part == '.' || *part == '/')
			return false;
		part = strchr(part, '/');
		part = part ? part + 1 : NULL;
	}
	return true;
}

/* What does not change once it is there: everything that has a version or a digest in its name. */
static bool is_immutable(const char *name)
{
	return has_prefix(name, "targets/") || (*name >= '0' && *name <= '9');
}

static const char *content_type(const char *name)
{
	return has_suffix(name, ".json") ? "application/json" : "application/octet-stream";
}

/* If-None-Match (RFC 9110, 13.1.2): a list of tags, or "*"; a weak one is as good here. */
static bool has_tag(const char *list, const char *tag)
{
	return !strcmp(list, "*") || strstr(list, tag);
}

static bool is_unchanged(const struct exchange *exchange, const char *tag, const char *date)
{
	const char *tags = exchange->header(exchange, "If-None-Match");
	const char *since = exchange->header(exchange, "If-Modified-Since");

	return tags ? has_tag(tags, tag) : since && !strcmp(since, date);
}

/* Digits of a number that fits; moves *text behind them. */
static bool read_number(const char **text, uint64_t *ret_number)
{
	size_t digits = strspn(*text, "0123456789");

	if (!digits || digits > 18)
		return false;
	*ret_number = strtoull(*text, NULL, 10);
	*text += digits;
	return true;
}

/* One range "bytes=a-b", "bytes=a-" or "bytes=-n" (RFC 9110, 14.1.2). False: none that is
 * understood, the whole file is sent. An empty range is returned where there is nothing there. */
static bool parse_range(const char *text, uint64_t size, uint64_t *ret_offset, uint64_t *ret_length)
{
	uint64_t first = 0, last = 0;
	bool has_first, has_last;

	if (!has_prefix(text, "bytes="))
		return false;
	text += strlen("bytes=");
	has_first = read_number(&text, &first);
	if (*text++ != '-')
		return false;
	has_last = read_number(&text, &last);
	if (*text || (!has_first && !has_last) || (has_first && has_last && last < first))
		return false;
	if (!has_first) {
		first = last < size ? size - last : 0;
		last = size;
	}
	if (!has_last || last >= size)
		last = size ? size - 1 : 0;
	*ret_offset = first;
	*ret_length = first < size ? last - first + 1 : 0;
	return true;
}

/* Answers 206 or 416, or leaves the whole file. */
static void choose_range(struct exchange *exchange, const char *tag, uint64_t size)
{
	const char *range = exchange->header(exchange, "Range");
	const char *condition = exchange->header(exchange, "If-Range");

	exchange->status = 200;
	exchange->offset = 0;
	exchange->length = size;
	if (!range || (condition && strcmp(condition, tag)) ||
	    !parse_range(range, size, &exchange->offset, &exchange->length))
		return;
	if (!exchange->length) {
		exchange_refuse(exchange, REFUSE_RANGE, NULL);
		exchange_add_header(exchange, "Content-Range", "bytes */%ju", (uintmax_t)size);
		return;
	}
	exchange->status = 206;
	exchange_add_header(exchange, "Content-Range", "bytes %ju-%ju/%ju",
			    (uintmax_t)exchange->offset,
			    (uintmax_t)(exchange->offset + exchange->length - 1), (uintmax_t)size);
}

/* The library sends header and file in two pieces; a small file is better read here. */
static bool read_small(struct exchange *exchange, int fd)
{
	size_t size = exchange->length;

	if (size > SMALL)
		return false;

	auto_free uint8_t *data = xmalloc(size + 1);

	if (pread(fd, data, size, (off_t)exchange->offset) != (ssize_t)size)
		return false;
	data[size] = 0; /* as a buffer has it */
	exchange->answer = (struct buffer){ .data = steal_ptr(data), .size = size,
					    .capacity = size + 1 };
	return true;
}

static void describe(struct exchange *exchange, const char *name, const struct stat *file,
		     char tag[static TAG_SIZE], char date[static DATE_SIZE])
{
	struct tm time;

	snprintf(tag, TAG_SIZE, "\"%jx-%lx-%jx\"", (uintmax_t)file->st_mtim.tv_sec,
		 (unsigned long)file->st_mtim.tv_nsec, (uintmax_t)file->st_size);
	gmtime_r(&file->st_mtim.tv_sec, &time);
	strftime(date, DATE_SIZE, "%a, %d %b %Y %H:%M:%S GMT", &time);
	exchange_add_header(exchange, "ETag", "%s", tag);
	exchange_add_header(exchange, "Last-Modified", "%s", date);
	exchange_add_header(exchange, "Cache-Control", "%s",
			    is_immutable(name) ? "public, max-age=31536000, immutable" : "no-cache");
}

void files_answer(const struct files *files, const char *name, struct exchange *exchange)
{
	auto_close int fd = is_public(name) ? open_below(files, name) : -1;
	char tag[TAG_SIZE], date[DATE_SIZE];
	struct stat file;

	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM) && is_public(name)) {
		exchange_refuse_for(exchange, REFUSE_NOT_NOW, 10);
		return;
	}
	if (fd < 0 || fstat(fd, &file) < 0 || !S_ISREG(file.st_mode)) {
		exchange_refuse(exchange, REFUSE_NO_SUCH_PAGE, NULL);
		return;
	}
	describe(exchange, name, &file, tag, date);
	if (is_unchanged(exchange, tag, date)) {
		exchange->status = 304;
		return;
	}
	choose_range(exchange, tag, (uint64_t)file.st_size);
	if (exchange->refusal != REFUSE_NOTHING)
		return;
	exchange->type = content_type(name);
	exchange_add_header(exchange, "Accept-Ranges", "bytes");
	exchange_add_header(exchange, "X-Content-Type-Options", "nosniff");
	if (!read_small(exchange, fd)) {
		exchange->fd = fd;
		fd = -1;
	}
}
