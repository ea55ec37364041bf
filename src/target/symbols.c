// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/symbols.h"

#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "target/kallsyms.h"
#include "target/modules.h"
#include "target/symbols_table.h"

#define VMLINUX_LIMIT ((size_t)4 << 30) /* mapped, not read: with all debug information */

/* Names come from outside: with a key nobody can choose them to collide. */
static uint64_t hash_name(uint64_t key, const char *name)
{
	uint64_t hash = 0xcbf29ce484222325u ^ key;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
	hash ^= hash >> 32;
	hash *= 0xd6e8feb86659fd93u;
	return hash ^ (hash >> 32);
}

static uint64_t new_key(void)
{
	uint64_t key;

	if (getrandom(&key, sizeof(key), 0) != sizeof(key))
		key = (uint64_t)(uintptr_t)&key * 0x9e3779b97f4a7c15u;
	return key;
}

/* The slot of the name's first symbol, or the free one where it would go. */
static size_t find_slot(const struct symbol_table *table, const char *name)
{
	const struct symbol_index *index = table->index;
	size_t mask = index->slot_count - 1;
	size_t i = hash_name(index->key, name) & mask;

	while (index->slots[i] && strcmp(table->items[index->slots[i] - 1].name, name))
		i = (i + 1) & mask;
	return i;
}

/* From the last symbol to the first, so that each chain begins with the first of its name. */
static void fill_index(struct symbol_table *table, uint32_t *slots, uint32_t *next)
{
	for (size_t i = table->count; i-- > 0;) {
		size_t slot = find_slot(table, table->items[i].name);

		next[i] = slots[slot];
		slots[slot] = (uint32_t)i + 1;
	}
}

struct symbol_table *symbol_table_new(struct symbol *items, size_t count, struct buffer *names,
				      struct arena *sections)
{
	struct symbol_table *table = xcalloc(1, sizeof(*table));
	struct symbol_index *index = xcalloc(1, sizeof(*index));
	size_t slot_count = 16;

	while (slot_count < 2 * count)
		slot_count *= 2;
	index->made = xcalloc(slot_count + count, sizeof(*index->made));
	index->slots = index->made;
	index->slot_count = slot_count;
	index->next = index->made + slot_count;
	index->key = new_key();
	index->names = *names;
	*names = BUFFER_INIT;
	index->sections = sections;
	*table = (struct symbol_table){ .items = items, .count = count, .index = index };
	fill_index(table, index->made, index->made + slot_count);
	return table;
}

void symbol_table_free(struct symbol_table *table)
{
	if (!table)
		return;
	buffer_clear(&table->index->names);
	arena_free(table->index->sections);
	free(table->index->made);
	mapping_clear(&table->index->file);
	free(table->index);
	free(table->items);
	free(table);
}

size_t symbol_first(const struct symbol_table *table, const char *name)
{
	uint32_t first = table->index->slots[find_slot(table, name)];

	return first ? first - 1 : SIZE_MAX;
}

size_t symbol_next(const struct symbol_table *table, size_t index)
{
	uint32_t next = table->index->next[index];

	return next ? next - 1 : SIZE_MAX;
}

size_t symbol_count(const struct symbol_table *table, const char *name)
{
	size_t count = 0;

	for (size_t i = symbol_first(table, name); i != SIZE_MAX; i = symbol_next(table, i))
		count++;
	return count;
}

unsigned symbol_sympos(const struct symbol_table *table, size_t index)
{
	size_t first = symbol_first(table, table->items[index].name);
	unsigned position = 1;

	if (symbol_next(table, first) == SIZE_MAX)
		return 0;
	for (size_t i = first; i != index; i = symbol_next(table, i))
		position++;
	return position;
}

bool symbol_has_stable_sympos(const struct symbol_table *table, size_t index)
{
	size_t first = symbol_first(table, table->items[index].name);

	for (size_t i = first; i != index; i = symbol_next(table, i))
		if (table->items[i].is_dropped)
			return false;
	return !table->items[index].is_dropped;
}

size_t symbol_at(const struct symbol_table *table, uint64_t address)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->items[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < table->count && table->items[low].address == address ? low : SIZE_MAX;
}

static struct symbol_table *from_kallsyms(struct kallsyms *kallsyms)
{
	struct symbol *items = xcalloc(kallsyms->count, sizeof(*items));

	for (size_t i = 0; i < kallsyms->count; i++)
		items[i] = (struct symbol){
			.name = (const char *)kallsyms->names.data + kallsyms->items[i].name,
			.address = kallsyms->items[i].address, .type = kallsyms->items[i].type,
		};
	return symbol_table_new(items, kallsyms->count, &kallsyms->names, NULL);
}

static int decode(const struct kernel *kernel, struct symbol_table **ret_table, struct error *err)
{
	auto_mapping struct mapping file = { 0 };
	auto_elf_view struct elf_view *view = NULL;
	auto_kallsyms struct kallsyms *kallsyms = NULL;

	if (mapping_open(kernel->vmlinux, VMLINUX_LIMIT, &file, err) < 0 ||
	    elf_view_open(file.data, file.size, &view, err) < 0)
		return -1;
	if (kernel->has_debug)
		return symbols_from_vmlinux(view, ret_table, err);
	if (kallsyms_decode(view, &kallsyms, err) < 0)
		return -1;
	*ret_table = from_kallsyms(kallsyms);
	return 0;
}

static int find_origin(const struct kernel *kernel, struct symbols_origin *ret_origin,
		       struct error *err)
{
	struct stat info;

	if (stat(kernel->vmlinux, &info) < 0)
		return error_errno(err, "cannot open %s", kernel->vmlinux);
	*ret_origin = (struct symbols_origin){
		.size = (uint64_t)info.st_size,
		.time = (uint64_t)info.st_mtim.tv_sec * 1000000000u + (uint64_t)info.st_mtim.tv_nsec,
		.kind = kernel->has_debug,
	};
	return 0;
}

int symbols_of_kernel(const struct kernel *kernel, struct symbol_table **ret_table,
		      struct error *err)
{
	auto_free char *stored = path_join(kernel->folder, "symbols");
	struct symbols_origin origin;
	struct error dropped = ERROR_INIT;

	if (find_origin(kernel, &origin, err) < 0)
		return error_context(err, "cannot read the kernel's symbols");
	/* A stored table only saves time: without a good one, or a place for one, it is decoded. */
	if (symbols_load(stored, &origin, ret_table, &dropped) == 0)
		return 0;
	if (decode(kernel, ret_table, err) < 0)
		return error_context(err, "cannot read the symbols of %s", kernel->vmlinux);
	symbols_store(stored, &origin, *ret_table, &dropped);
	return 0;
}

int symbols_of_module(const char *ko_path, struct symbol_table **ret_table, struct error *err)
{
	auto_buffer struct buffer file = BUFFER_INIT;
	auto_elf_view struct elf_view *view = NULL;

	if (module_read(ko_path, &file, err) < 0)
		return -1;
	if (elf_view_open(file.data, file.size, &view, err) < 0 ||
	    symbols_from_module(view, ret_table, err) < 0)
		return error_context(err, "cannot read the symbols of the module %s", ko_path);
	return 0;
}
