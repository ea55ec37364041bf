/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing run of bytes. There is always one zero byte behind the last, so text in a buffer is a
 * C string (as long as nobody put a zero byte in).
 */
#ifndef SUTURE_BASE_BUFFER_H
#define SUTURE_BASE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint8_t *data; /* owned; NULL while nothing was added */
	size_t size;
	size_t capacity;
};

#define BUFFER_INIT ((struct buffer){ 0 })

void buffer_clear(struct buffer *buffer); /* frees; the buffer can be used again */
void buffer_reset(struct buffer *buffer); /* empties and keeps the memory */
void buffer_add(struct buffer *buffer, const void *data, size_t size);
void buffer_add_zeros(struct buffer *buffer, size_t size);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_char(struct buffer *buffer, char c);
void buffer_printf(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Adds zero bytes until the size is a multiple of align. */
void buffer_align(struct buffer *buffer, size_t align);
/* "" when empty; valid until the buffer changes. */
const char *buffer_text(const struct buffer *buffer);
/* Takes the text out of the buffer, which is then empty. Caller frees; never NULL. */
char *buffer_steal_text(struct buffer *buffer);

#define auto_buffer __attribute__((cleanup(buffer_clear)))

#endif
