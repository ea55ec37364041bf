// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/endbr.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "elf/object.h"
#include "elf/view.h"
#include "target/modules.h"

#define TABLE ".ibt_endbr_seal"
#define ENTRY_SIZE 4 /* bytes */

struct seal {
	const char *section; /* in the arena; NULL in vmlinux */
	uint64_t address;
};

struct endbr_seals {
	struct arena *arena;
	struct seal *items; /* ascending address */
	size_t count, capacity;
};

static struct endbr_seals *seals_new(void)
{
	struct endbr_seals *seals = xcalloc(1, sizeof(*seals));

	seals->arena = arena_new();
	return seals;
}

void endbr_seals_free(struct endbr_seals *seals)
{
	if (!seals)
		return;
	arena_free(seals->arena);
	free(seals->items);
	free(seals);
}

static void add(struct endbr_seals *seals, const char *section, uint64_t address)
{
	ARRAY_GROW(seals->items, seals->capacity, seals->count + 1);
	seals->items[seals->count++] = (struct seal){
		.section = section ? arena_strdup(seals->arena, section) : NULL,
		.address = address,
	};
}

static int compare(const void *a, const void *b)
{
	const struct seal *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static void sort(struct endbr_seals *seals)
{
	if (seals->count)
		qsort(seals->items, seals->count, sizeof(*seals->items), compare);
}

int endbr_seals_of_kernel(const struct kernel *kernel, struct endbr_seals **ret_seals,
			  struct error *err)
{
	auto_mapping struct mapping mapping = { 0 };
	auto_elf_view struct elf_view *view = NULL;

	if (mapping_open(kernel->vmlinux, SIZE_MAX, &mapping, err) < 0)
		return -1;
	if (elf_view_open(mapping.data, mapping.size, &view, err) < 0)
		return error_context(err, "%s", kernel->vmlinux);

	const struct view_section *table = elf_view_section(view, TABLE);
	struct endbr_seals *seals = seals_new();

	for (uint64_t at = 0; table && table->data && at + ENTRY_SIZE <= table->size;
	     at += ENTRY_SIZE) {
		int32_t distance;

		memcpy(&distance, table->data + at, sizeof(distance));
		add(seals, NULL, table->address + at + (uint64_t)(int64_t)distance);
	}
	sort(seals);
	*ret_seals = seals;
	return 0;
}

int endbr_seals_of_module(const char *ko_path, struct endbr_seals **ret_seals, struct error *err)
{
	auto_buffer struct buffer bytes = BUFFER_INIT;
	auto_object struct object *object = NULL;

	if (module_read(ko_path, &bytes, err) < 0 ||
	    object_parse(bytes.data, bytes.size, ko_path, 0, &object, err) < 0)
		return -1;

	const struct elf_section *table = object_find_section(object, TABLE);
	struct endbr_seals *seals = seals_new();

	for (size_t i = 0; table && i < table->relocs.count; i++) {
		const struct elf_reloc *reloc = &table->relocs.items[i];

		if (reloc->symbol && reloc->symbol->section)
			add(seals, reloc->symbol->section->name,
			    reloc->symbol->value + (uint64_t)reloc->addend);
	}
	sort(seals);
	*ret_seals = seals;
	return 0;
}

bool endbr_is_sealed(const struct endbr_seals *seals, const char *section, uint64_t address)
{
	size_t low = 0, high = seals->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (seals->items[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < seals->count && seals->items[low].address == address; low++)
		if (!section || (seals->items[low].section && !strcmp(seals->items[low].section, section)))
			return true;
	return false;
}
