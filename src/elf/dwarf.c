// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/dwarf.h"

#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "elf/dwarf_image.h"
#include "elf/dwarf_walk.h"

/* The largest object of a kernel with debug information is some 50 MB. */
#define OBJECT_LIMIT ((size_t)512 * 1024 * 1024)

static int compare_places(const struct static_local *a, const struct static_local *b)
{
	if (a->section_index != b->section_index)
		return a->section_index < b->section_index ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return 0;
}

/* The abstract variable first, then its instances. */
static int by_place(const void *one, const void *other)
{
	const struct dwarf_local *a = one, *b = other;
	int order = compare_places(a->local, b->local);

	if (order)
		return order;
	if (a->is_instance != b->is_instance)
		return a->is_instance ? 1 : -1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static int by_order(const void *one, const void *other)
{
	const struct dwarf_local *a = one, *b = other;

	return a->order < b->order ? -1 : a->order > b->order;
}

/* One variable is told several times: by the abstract function and by every instance of it. */
static void drop_doubles(struct dwarf_walk *walk)
{
	size_t count = 0;

	for (size_t i = 0; i < walk->local_count; i++) {
		const struct static_local *last = count ? walk->locals[count - 1].local : NULL;
		const struct static_local *local = walk->locals[i].local;

		if (!last || compare_places(last, local) || strcmp(last->name, local->name) ||
		    strcmp(last->owner, local->owner))
			walk->locals[count++] = walk->locals[i];
	}
	walk->local_count = count;
}

static void number_namesakes(const struct dwarf_walk *walk)
{
	auto_map struct map *counts = map_new();
	auto_free unsigned *numbers = xcalloc(walk->local_count, sizeof(*numbers));
	size_t used = 0;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < walk->local_count; i++) {
			struct static_local *local = walk->locals[i].local;
			auto_free char *key = xasprintf("%s/%s", local->owner, local->name);
			unsigned *number = map_find(counts, key);

			if (pass == 1) {
				local->namesakes = *number;
				continue;
			}
			if (!number) {
				number = &numbers[used++];
				map_set(counts, key, number);
			}
			local->ordinal = (*number)++;
		}
}

static void move_locals(struct dwarf *dwarf, struct dwarf_walk *walk)
{
	if (walk->local_count == 0)
		return;
	qsort(walk->locals, walk->local_count, sizeof(*walk->locals), by_place);
	drop_doubles(walk);
	qsort(walk->locals, walk->local_count, sizeof(*walk->locals), by_order);
	number_namesakes(walk);
	qsort(walk->locals, walk->local_count, sizeof(*walk->locals), by_place);

	struct static_local *locals =
		arena_calloc(dwarf->arena, walk->local_count, sizeof(*locals));

	for (size_t i = 0; i < walk->local_count; i++) {
		locals[i] = *walk->locals[i].local;
		locals[i].size = ctype_size(locals[i].type);
	}
	dwarf->locals = locals;
	dwarf->local_count = walk->local_count;
}

static void move_types(struct dwarf *dwarf, const struct dwarf_walk *walk)
{
	const struct ctype **types = arena_calloc(dwarf->arena, walk->node_count, sizeof(*types));

	for (size_t i = 0; i < walk->node_count; i++)
		types[i] = walk->nodes[i].type;
	dwarf->types = types;
	dwarf->type_count = walk->node_count;

	struct cfunction *functions =
		arena_calloc(dwarf->arena, walk->function_count, sizeof(*functions));

	for (size_t i = 0; i < walk->function_count; i++)
		functions[i] = walk->functions[i].function;
	dwarf->functions = functions;
	dwarf->function_count = walk->function_count;
}

static void move_declared(struct dwarf *dwarf, const struct dwarf_walk *walk)
{
	struct cfunction *declared =
		arena_calloc(dwarf->arena, walk->declared_count, sizeof(*declared));

	for (size_t i = 0; i < walk->declared_count; i++)
		declared[i] = *walk->declared[i];
	dwarf->declared = declared;
	dwarf->declared_count = walk->declared_count;
}

static void move_variables(struct dwarf *dwarf, const struct dwarf_walk *walk)
{
	struct cvariable *variables =
		arena_calloc(dwarf->arena, walk->variable_count, sizeof(*variables));

	for (size_t i = 0; i < walk->variable_count; i++)
		variables[i] = *walk->variables[i];
	dwarf->variables = variables;
	dwarf->variable_count = walk->variable_count;
}

static int parse(const void *data, size_t size, struct dwarf **ret_dwarf, struct error *err)
{
	auto_dwarf struct dwarf *dwarf = xcalloc(1, sizeof(*dwarf));

	if (dwarf_image_open(data, size, &dwarf->image, err) < 0)
		return -1;
	dwarf->arena = arena_new();

	auto_dwarf_walk struct dwarf_walk walk = { .image = dwarf->image, .arena = dwarf->arena };

	if (dwarf_walk_all(&walk, err) < 0)
		return -1;
	move_locals(dwarf, &walk);
	move_types(dwarf, &walk);
	move_declared(dwarf, &walk);
	move_variables(dwarf, &walk);
	*ret_dwarf = steal_ptr(dwarf);
	return 0;
}

int dwarf_parse(const void *data, size_t size, const char *name, struct dwarf **ret_dwarf,
		struct error *err)
{
	if (size > OBJECT_LIMIT)
		return error_set(err, ERROR_INVALID, "%s: larger than %zu bytes", name,
				 OBJECT_LIMIT);
	if (parse(data, size, ret_dwarf, err) < 0)
		return error_context(err, "%s", name);
	return 0;
}

int dwarf_open(const char *path, struct dwarf **ret_dwarf, struct error *err)
{
	auto_mapping struct mapping mapping = { 0 };

	if (mapping_open(path, OBJECT_LIMIT, &mapping, err) < 0)
		return -1;
	return dwarf_parse(mapping.data, mapping.size, path, ret_dwarf, err);
}

void dwarf_free(struct dwarf *dwarf)
{
	if (!dwarf)
		return;
	arena_free(dwarf->arena);
	dwarf_image_free(dwarf->image);
	free(dwarf);
}

const struct static_local *dwarf_find_static_local(const struct dwarf *dwarf,
						   uint32_t section_index, uint64_t offset)
{
	const struct static_local wanted = { .section_index = section_index, .offset = offset };
	size_t low = 0, high = dwarf->local_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_places(&dwarf->locals[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == dwarf->local_count || compare_places(&dwarf->locals[low], &wanted))
		return NULL;
	return &dwarf->locals[low];
}

const struct static_local *dwarf_find_static_local_in(const struct dwarf *dwarf,
						      const char *section, uint64_t offset)
{
	const struct static_local *found = NULL;

	for (size_t i = 0; i < dwarf->local_count; i++) {
		const struct static_local *local = &dwarf->locals[i];

		if (local->offset != offset || strcmp(local->section, section))
			continue;
		if (found && found->section_index != local->section_index)
			return NULL;
		if (!found)
			found = local;
	}
	return found;
}
