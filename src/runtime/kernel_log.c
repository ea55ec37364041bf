// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/kernel_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_LIMIT 8192 /* kernel/printk: CONSOLE_EXT_LOG_MAX / PRINTK_MESSAGE_MAX */
#define LINES_LIMIT 10000

void kernel_log_open(struct kernel_log *log, bool from_start)
{
	log->fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (log->fd >= 0 && !from_start)
		lseek(log->fd, 0, SEEK_END);
}

void kernel_log_close(struct kernel_log *log)
{
	if (log->fd >= 0)
		close(log->fd);
	log->fd = -1;
}

bool kernel_log_parse(const char *record, size_t size, struct kernel_log_line *ret_line)
{
	const char *text = memchr(record, ';', size);
	unsigned long priority;
	long long microseconds;
	char head[64];

	if (!text || (size_t)(text - record) >= sizeof(head))
		return false;
	memcpy(head, record, (size_t)(text - record));
	head[text - record] = 0;
	if (sscanf(head, "%lu,%*u,%lld", &priority, &microseconds) != 2)
		return false;
	text++;

	const char *end = memchr(text, '\n', size - (size_t)(text - record));
	size_t length = end ? (size_t)(end - text) : size - (size_t)(text - record);

	if (length >= sizeof(ret_line->text))
		length = sizeof(ret_line->text) - 1;
	memcpy(ret_line->text, text, length);
	ret_line->text[length] = 0;
	ret_line->level = (unsigned)(priority & 7);
	ret_line->microseconds = microseconds;
	return true;
}

bool kernel_log_next(struct kernel_log *log, struct kernel_log_line *ret_line)
{
	char record[RECORD_LIMIT];

	while (log->fd >= 0) {
		ssize_t got = read(log->fd, record, sizeof(record));

		if (got < 0 && (errno == EINTR || errno == EPIPE)) /* EPIPE: lines were lost */
			continue;
		if (got <= 0)
			return false;
		if (kernel_log_parse(record, (size_t)got, ret_line))
			return true;
	}
	return false;
}

static bool has_word(const char *text, const char *const *words)
{
	if (!words)
		return true;
	for (; *words; words++)
		if (strstr(text, *words))
			return true;
	return false;
}

void kernel_log_since(struct kernel_log *log, const char *const *words, struct text_list *into)
{
	struct kernel_log_line line;

	while (into->count < LINES_LIMIT && kernel_log_next(log, &line))
		if (has_word(line.text, words))
			text_list_add(into, line.text);
}
