// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/buffer.h"

#include <stdarg.h>
#include <string.h>

#include "base/memory.h"

void buffer_clear(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = BUFFER_INIT;
}

void buffer_reset(struct buffer *buffer)
{
	buffer->size = 0;
	if (buffer->data)
		buffer->data[0] = 0;
}

static uint8_t *make_room(struct buffer *buffer, size_t size)
{
	if (size > SIZE_MAX - buffer->size - 1)
		abort();
	ARRAY_GROW(buffer->data, buffer->capacity, buffer->size + size + 1);
	return buffer->data + buffer->size;
}

static void commit(struct buffer *buffer, size_t size)
{
	buffer->size += size;
	buffer->data[buffer->size] = 0;
}

void buffer_add(struct buffer *buffer, const void *data, size_t size)
{
	uint8_t *room = make_room(buffer, size);

	if (size)
		memcpy(room, data, size);
	commit(buffer, size);
}

void buffer_add_zeros(struct buffer *buffer, size_t size)
{
	memset(make_room(buffer, size), 0, size);
	commit(buffer, size);
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}

void buffer_add_char(struct buffer *buffer, char c)
{
	buffer_add(buffer, &c, 1);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	auto_free char *text = xvasprintf(format, args);
	va_end(args);
	buffer_add_text(buffer, text);
}

void buffer_align(struct buffer *buffer, size_t align)
{
	size_t over = align ? buffer->size % align : 0;

	if (over)
		buffer_add_zeros(buffer, align - over);
}

const char *buffer_text(const struct buffer *buffer)
{
	return buffer->data ? (const char *)buffer->data : "";
}

char *buffer_steal_text(struct buffer *buffer)
{
	if (!buffer->data)
		return xstrdup("");

	char *text = (char *)steal_ptr(buffer->data);

	*buffer = BUFFER_INIT;
	return text;
}
