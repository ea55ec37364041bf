// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A decoded table in a file that only has to be mapped: header, records, slots, names. It is a
 * cache of this machine, so in its own byte order; all the same nothing in it is believed, because a
 * disk may have eaten it.
 */
#include "target/symbols_table.h"

#include <string.h>

#include "base/memory.h"

#define MAGIC "suture symbols 1" /* another layout needs another number */
#define FILE_LIMIT ((size_t)1 << 30)

struct stored_header {
	char magic[16];
	struct symbols_origin origin;
	uint64_t count;
	uint64_t slot_count;
	uint64_t names_size;
	uint64_t key;
};

struct stored_symbol {
	uint64_t address;
	uint64_t size;
	uint32_t name; /* offset in the names */
	char type;
	char unused[3];
};

/* Where everything stands in the file. */
struct layout {
	size_t symbols, next, slots, names, end;
};

static struct layout get_layout(const struct stored_header *header)
{
	struct layout layout;

	layout.symbols = sizeof(*header);
	layout.next = layout.symbols + header->count * sizeof(struct stored_symbol);
	layout.slots = layout.next + header->count * sizeof(uint32_t);
	layout.names = layout.slots + header->slot_count * sizeof(uint32_t);
	layout.end = layout.names + header->names_size;
	return layout;
}

static int broken(struct error *err)
{
	return error_set(err, ERROR_INVALID, "the stored symbol table is broken");
}

static int check_header(const struct mapping *file, const struct stored_header *header,
			const struct symbols_origin *origin, struct error *err)
{
	if (memcmp(header->magic, MAGIC, sizeof(header->magic)) ||
	    memcmp(&header->origin, origin, sizeof(*origin)))
		return error_set(err, ERROR_NOT_FOUND, "the stored symbol table is of another file");
	if (header->count > SYMBOL_COUNT_LIMIT || header->names_size > SYMBOL_NAMES_LIMIT ||
	    header->slot_count > 4 * SYMBOL_COUNT_LIMIT || header->slot_count <= header->count ||
	    header->slot_count & (header->slot_count - 1) || header->names_size == 0 ||
	    get_layout(header).end != file->size || file->data[file->size - 1] != 0)
		return broken(err);
	return 0;
}

/* The chains must lead forward, or a search would not end; some slot must be free, likewise. */
static int check_index(const struct symbol_index *index, size_t count, struct error *err)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++)
		if (index->next[i] > count || (index->next[i] && index->next[i] <= i + 1))
			return broken(err);
	for (size_t i = 0; i < index->slot_count; i++) {
		if (index->slots[i] > count)
			return broken(err);
		used += index->slots[i] != 0;
	}
	return used < index->slot_count ? 0 : broken(err);
}

static int load_items(struct symbol_table *table, const struct stored_header *header,
		      struct error *err)
{
	const uint8_t *data = table->index->file.data;
	struct layout layout = get_layout(header);
	const struct stored_symbol *stored = (const void *)(data + layout.symbols);
	const char *names = (const char *)data + layout.names;

	table->items = xcalloc(header->count, sizeof(*table->items));
	table->count = header->count;
	for (size_t i = 0; i < table->count; i++) {
		if (stored[i].name >= header->names_size)
			return broken(err);
		table->items[i] = (struct symbol){
			.name = names + stored[i].name, .address = stored[i].address,
			.size = stored[i].size, .type = stored[i].type,
		};
	}
	table->index->next = (const void *)(data + layout.next);
	table->index->slots = (const void *)(data + layout.slots);
	table->index->slot_count = header->slot_count;
	table->index->key = header->key;
	return check_index(table->index, table->count, err);
}

int symbols_load(const char *path, const struct symbols_origin *origin,
		 struct symbol_table **ret_table, struct error *err)
{
	auto_symbol_table struct symbol_table *table = xcalloc(1, sizeof(*table));
	struct stored_header header;

	table->index = xcalloc(1, sizeof(*table->index));

	struct mapping *file = &table->index->file;

	if (mapping_open(path, FILE_LIMIT, file, err) < 0)
		return -1;
	if (file->size < sizeof(header))
		return broken(err);
	memcpy(&header, file->data, sizeof(header));
	if (check_header(file, &header, origin, err) < 0 || load_items(table, &header, err) < 0)
		return -1;
	*ret_table = steal_ptr(table);
	return 0;
}

int symbols_store(const char *path, const struct symbols_origin *origin,
		  const struct symbol_table *table, struct error *err)
{
	const struct symbol_index *index = table->index;
	auto_buffer struct buffer file = BUFFER_INIT;
	struct stored_header header = {
		.magic = MAGIC, .origin = *origin, .count = table->count,
		.slot_count = index->slot_count, .names_size = index->names.size, .key = index->key,
	};

	buffer_add(&file, &header, sizeof(header));
	for (size_t i = 0; i < table->count; i++) {
		const struct symbol *symbol = &table->items[i];
		struct stored_symbol stored = {
			.address = symbol->address, .size = symbol->size, .type = symbol->type,
			.name = (uint32_t)(symbol->name - (const char *)index->names.data),
		};

		buffer_add(&file, &stored, sizeof(stored));
	}
	buffer_add(&file, index->next, table->count * sizeof(*index->next));
	buffer_add(&file, index->slots, index->slot_count * sizeof(*index->slots));
	buffer_add(&file, index->names.data, index->names.size);
	return file_write(path, file.data, file.size, 0644, false, err);
}
