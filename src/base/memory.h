/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory. Running out of it aborts; in exchange every size that comes from outside is checked
 * against a limit before it gets here.
 *
 * Locals clean themselves: "auto_free char *name = ..." frees at the end of the scope, ownership
 * moves on by steal_ptr(). A noun with a destructor noun_free(struct noun *) gets its auto_ form
 * from DEFINE_AUTO(noun).
 */
#ifndef SUTURE_BASE_MEMORY_H
#define SUTURE_BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *memory, size_t count, size_t size);
void *xmemdup(const void *memory, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t length);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list args);

/* Grows *array (elements of `size` bytes, *capacity of them) so that `wanted` elements fit. */
void *array_reserve(void *array, size_t *capacity, size_t wanted, size_t size);

#define ARRAY_GROW(array, capacity, wanted) \
	((array) = array_reserve((array), &(capacity), (wanted), sizeof(*(array))))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static inline void auto_free_cleanup(void *pointer)
{
	free(*(void **)pointer);
}
#define auto_free __attribute__((cleanup(auto_free_cleanup)))

#define steal_ptr(pointer)                                \
	__extension__({                                   \
		__typeof__(&(pointer)) slot_ = &(pointer); \
		__typeof__(pointer) value_ = *slot_;      \
		*slot_ = NULL;                            \
		value_;                                   \
	})

/* auto_<noun>: frees *the pointer* with noun_free(), which must take NULL. */
#define DEFINE_AUTO(noun)                                                \
	static inline void auto_##noun##_cleanup(struct noun **pointer)  \
	{                                                                \
		noun##_free(*pointer);                                   \
	}

/*
 * An arena: many small things that live and die together (an ELF file's graph). Memory is
 * zeroed. Nothing in it is freed alone.
 */
struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *arena);
void *arena_alloc(struct arena *arena, size_t size);
void *arena_calloc(struct arena *arena, size_t count, size_t size);
void *arena_memdup(struct arena *arena, const void *memory, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
DEFINE_AUTO(arena)
#define auto_arena __attribute__((cleanup(auto_arena_cleanup)))

#endif
