/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash map from text to pointer. Keys are copied, values are the caller's. Iteration is in order
 * of insertion, so that what is written from a map is reproducible. Hashing is keyed at random per
 * process: hostile keys cannot be chosen to collide.
 */
#ifndef SUTURE_BASE_MAP_H
#define SUTURE_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct map;

struct map *map_new(void);
void map_free(struct map *map); /* not the values */
/* NULL if there is none. */
void *map_find(const struct map *map, const char *key);
bool map_has(const struct map *map, const char *key);
/* Sets or replaces; returns the value that was there, or NULL. */
void *map_set(struct map *map, const char *key, void *value);
size_t map_count(const struct map *map);
/* The index-th entry in order of insertion; index < map_count(). */
const char *map_key(const struct map *map, size_t index);
void *map_value(const struct map *map, size_t index);

#include "base/memory.h"
DEFINE_AUTO(map)
#define auto_map __attribute__((cleanup(auto_map_cleanup)))

#endif
