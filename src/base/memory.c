// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void *check(void *memory)
{
	if (!memory) {
		fputs("suture: out of memory\n", stderr);
		abort();
	}
	return memory;
}

void *xmalloc(size_t size)
{
	return check(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return check(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *memory, size_t count, size_t size)
{
	return check(reallocarray(memory, count ? count : 1, size ? size : 1));
}

void *xmemdup(const void *memory, size_t size)
{
	void *copy = xmalloc(size);

	if (size)
		memcpy(copy, memory, size);
	return copy;
}

char *xstrdup(const char *text)
{
	return check(strdup(text));
}

char *xstrndup(const char *text, size_t length)
{
	return check(strndup(text, length));
}

char *xvasprintf(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		check(NULL);
	return text;
}

char *xasprintf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = xvasprintf(format, args);
	va_end(args);
	return text;
}

void *array_reserve(void *array, size_t *capacity, size_t wanted, size_t size)
{
	if (wanted <= *capacity)
		return array;

	size_t grown = *capacity ? *capacity : 8;

	while (grown < wanted)
		grown = grown > SIZE_MAX / 2 ? wanted : grown * 2;
	array = xrealloc(array, grown, size);
	*capacity = grown;
	return array;
}

/* Chunks double in size: a small arena costs little, a large one few calls. */
#define FIRST_CHUNK ((size_t)1024)
#define LARGEST_CHUNK ((size_t)64 * 1024)

struct chunk {
	struct chunk *next;
	size_t size;
	size_t used;
	max_align_t data[];
};

struct arena {
	struct chunk *chunks; /* the first one is being filled */
};

struct arena *arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(arena);
}

static struct chunk *add_chunk(struct arena *arena, size_t size)
{
	size_t usual = arena->chunks ? arena->chunks->size * 2 : FIRST_CHUNK;

	if (usual > LARGEST_CHUNK)
		usual = LARGEST_CHUNK;
	if (size < usual)
		size = usual;
	if (size > SIZE_MAX - sizeof(struct chunk))
		check(NULL);

	struct chunk *chunk = xcalloc(1, sizeof(*chunk) + size);

	chunk->size = size;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct chunk *chunk = arena->chunks;

	if (size > SIZE_MAX - align)
		check(NULL);
	size = (size + align - 1) & ~(align - 1);
	if (!chunk || chunk->size - chunk->used < size)
		chunk = add_chunk(arena, size);

	void *memory = (char *)chunk->data + chunk->used;

	chunk->used += size;
	return memory;
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		check(NULL);
	return arena_alloc(arena, count * size);
}

void *arena_memdup(struct arena *arena, const void *memory, size_t size)
{
	void *copy = arena_alloc(arena, size);

	if (size)
		memcpy(copy, memory, size);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_memdup(arena, text, strlen(text) + 1);
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	auto_free char *text = xvasprintf(format, args);
	va_end(args);
	return arena_strdup(arena, text);
}
