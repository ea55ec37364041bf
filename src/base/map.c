// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/map.h"

#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

struct entry {
	char *key;
	void *value;
	uint64_t hash;
};

struct map {
	struct entry *entries; /* in order of insertion */
	size_t count;
	size_t capacity;
	uint32_t *slots; /* open addressing: index of an entry + 1, 0 = free */
	size_t slot_count; /* a power of two */
};

static uint64_t seed(void)
{
	static uint64_t value;

	if (!value && getrandom(&value, sizeof(value), 0) != sizeof(value))
		value = (uint64_t)getpid() * 0x9e3779b97f4a7c15u;
	value |= 1;
	return value;
}

/* FNV-1a with a random start and a final mix: enough for a table that is never shared. */
static uint64_t hash_text(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325u ^ seed();

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93u;
	return hash ^ (hash >> 32);
}

struct map *map_new(void)
{
	struct map *map = xcalloc(1, sizeof(*map));

	map->slot_count = 16;
	map->slots = xcalloc(map->slot_count, sizeof(*map->slots));
	return map;
}

void map_free(struct map *map)
{
	if (!map)
		return;
	for (size_t i = 0; i < map->count; i++)
		free(map->entries[i].key);
	free(map->entries);
	free(map->slots);
	free(map);
}

/* The slot that holds the key, or the free one where it would go. */
static uint32_t *find_slot(const struct map *map, const char *key, uint64_t hash)
{
	size_t mask = map->slot_count - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		uint32_t *slot = &map->slots[i];

		if (!*slot)
			return slot;

		const struct entry *entry = &map->entries[*slot - 1];

		if (entry->hash == hash && !strcmp(entry->key, key))
			return slot;
	}
}

void *map_find(const struct map *map, const char *key)
{
	uint32_t *slot = find_slot(map, key, hash_text(key));

	return *slot ? map->entries[*slot - 1].value : NULL;
}

bool map_has(const struct map *map, const char *key)
{
	return *find_slot(map, key, hash_text(key)) != 0;
}

static void grow_slots(struct map *map)
{
	free(map->slots);
	map->slot_count *= 2;
	map->slots = xcalloc(map->slot_count, sizeof(*map->slots));
	for (size_t i = 0; i < map->count; i++) {
		const struct entry *entry = &map->entries[i];

		*find_slot(map, entry->key, entry->hash) = (uint32_t)i + 1;
	}
}

void *map_set(struct map *map, const char *key, void *value)
{
	uint64_t hash = hash_text(key);
	uint32_t *slot = find_slot(map, key, hash);

	if (*slot) {
		struct entry *entry = &map->entries[*slot - 1];
		void *before = entry->value;

		entry->value = value;
		return before;
	}

	ARRAY_GROW(map->entries, map->capacity, map->count + 1);
	map->entries[map->count++] =
		(struct entry){ .key = xstrdup(key), .value = value, .hash = hash };
	*slot = (uint32_t)map->count;
	if (map->count * 4 > map->slot_count * 3)
		grow_slots(map);
	return NULL;
}

size_t map_count(const struct map *map)
{
	return map->count;
}

const char *map_key(const struct map *map, size_t index)
{
	return map->entries[index].key;
}

void *map_value(const struct map *map, size_t index)
{
	return map->entries[index].value;
}
