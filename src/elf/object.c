// SPDX-License-Identifier: GPL-2.0-or-later
/* The graph: making and changing it. Reading is in read.c, writing in write.c. */
#include "elf/object.h"

#include <stdio.h>
#include <string.h>

struct object *object_new(const char *path)
{
	struct arena *arena = arena_new();
	struct object *object = arena_alloc(arena, sizeof(*object));

	object->arena = arena;
	object->path = arena_strdup(arena, path);
	object->type = ET_REL;
	object->has_debug_relocs = true;
	return object;
}

void object_free(struct object *object)
{
	if (object)
		arena_free(object->arena);
}

/* Arrays that grow live in the arena too: doubling wastes at most as much as it holds. */
static void *grow(struct object *object, void *array, size_t *capacity, size_t count, size_t size)
{
	if (count < *capacity)
		return array;

	size_t wanted = *capacity ? *capacity * 2 : 16;
	void *grown = arena_calloc(object->arena, wanted, size);

	if (count)
		memcpy(grown, array, count * size);
	*capacity = wanted;
	return grown;
}

struct elf_section *object_add_section(struct object *object, const char *name, uint32_t type,
				       uint64_t flags, uint64_t align)
{
	struct elf_section *section = arena_alloc(object->arena, sizeof(*section));

	section->name = arena_strdup(object->arena, name);
	section->type = type;
	section->flags = flags;
	section->align = align ? align : 1;
	section->index = object->section_count;
	object->sections = grow(object, object->sections, &object->section_capacity,
				object->section_count, sizeof(*object->sections));
	object->sections[object->section_count++] = section;
	return section;
}

struct elf_symbol *object_add_symbol(struct object *object, const char *name,
				     struct elf_section *section, uint64_t value, uint64_t size,
				     uint8_t bind, uint8_t type)
{
	struct elf_symbol *symbol = arena_alloc(object->arena, sizeof(*symbol));

	symbol->name = arena_strdup(object->arena, name);
	symbol->section = section;
	symbol->value = value;
	symbol->size = size;
	symbol->bind = bind;
	symbol->type = type;
	symbol->special = SHN_UNDEF;
	symbol->index = object->symbol_count;
	object->symbols = grow(object, object->symbols, &object->symbol_capacity,
			       object->symbol_count, sizeof(*object->symbols));
	object->symbols[object->symbol_count++] = symbol;
	return symbol;
}

struct elf_klp_relocs *object_add_klp(struct object *object, const char *klp_object,
				      struct elf_section *target)
{
	struct elf_klp_relocs *klp = arena_alloc(object->arena, sizeof(*klp));

	klp->object = arena_strdup(object->arena, klp_object);
	klp->target = target;
	object->klp = grow(object, object->klp, &object->klp_capacity, object->klp_count,
			   sizeof(*object->klp));
	object->klp[object->klp_count++] = klp;
	return klp;
}

void relocs_add(struct object *object, struct elf_relocs *relocs, struct elf_reloc reloc)
{
	relocs->items = grow(object, relocs->items, &relocs->capacity, relocs->count,
			     sizeof(*relocs->items));
	relocs->items[relocs->count++] = reloc;
}

size_t relocs_from(const struct elf_relocs *relocs, uint64_t offset)
{
	size_t low = 0, high = relocs->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (relocs->items[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct elf_reloc *relocs_at(const struct elf_relocs *relocs, uint64_t offset)
{
	size_t i = relocs_from(relocs, offset);

	return i < relocs->count && relocs->items[i].offset == offset ? &relocs->items[i] : NULL;
}

uint8_t *section_make_writable(struct object *object, struct elf_section *section)
{
	uint8_t *copy = arena_memdup(object->arena, section->data, section->size);

	section->data = copy;
	return copy;
}

uint64_t section_append(struct object *object, struct elf_section *section, const void *data,
			uint64_t size, uint64_t align)
{
	uint64_t offset = align > 1 ? (section->size + align - 1) / align * align : section->size;

	if (align > section->align)
		section->align = align;
	if (section->type != SHT_NOBITS) {
		uint8_t *grown = arena_alloc(object->arena, offset + size);

		if (section->size)
			memcpy(grown, section->data, section->size);
		if (data && size)
			memcpy(grown + offset, data, size);
		section->data = grown;
	}
	section->size = offset + size;
	return offset;
}

struct elf_symbol *section_symbol(struct object *object, struct elf_section *section)
{
	if (!section->section_symbol)
		section->section_symbol =
			object_add_symbol(object, "", section, 0, 0, STB_LOCAL, STT_SECTION);
	return section->section_symbol;
}

bool is_debug_section(const struct elf_section *section)
{
	return !strncmp(section->name, ".debug", 6) || !strcmp(section->name, ".comment");
}

void object_drop_sections(struct object *object, bool (*is_dropped)(const struct elf_section *))
{
	size_t kept = 0;

	for (size_t i = 0; i < object->symbol_count; i++) {
		struct elf_symbol *symbol = object->symbols[i];

		if (!symbol->section || !is_dropped(symbol->section))
			object->symbols[kept++] = symbol;
	}
	object->symbol_count = kept;
	kept = 0;
	for (size_t i = 0; i < object->section_count; i++)
		if (!is_dropped(object->sections[i]))
			object->sections[kept++] = object->sections[i];
	object->section_count = kept;
	if (is_dropped == is_debug_section)
		object->has_debug_relocs = true; /* there are none any more */
}

struct elf_section *object_find_section(const struct object *object, const char *name)
{
	for (size_t i = 0; i < object->section_count; i++)
		if (!strcmp(object->sections[i]->name, name))
			return object->sections[i];
	return NULL;
}

struct elf_symbol *object_find_symbol(const struct object *object, const char *name)
{
	for (size_t i = 0; i < object->symbol_count; i++)
		if (!strcmp(object->symbols[i]->name, name))
			return object->symbols[i];
	return NULL;
}

/* What arch/x86/kernel/module.c applies. */
static const struct {
	uint32_t type;
	const char *name;
	unsigned size;
	bool relative;
} reloc_types[] = {
	{ R_X86_64_64, "R_X86_64_64", 8, false },
	{ R_X86_64_PC32, "R_X86_64_PC32", 4, true },
	{ R_X86_64_PLT32, "R_X86_64_PLT32", 4, true },
	{ R_X86_64_32, "R_X86_64_32", 4, false },
	{ R_X86_64_32S, "R_X86_64_32S", 4, false },
	{ R_X86_64_PC64, "R_X86_64_PC64", 8, true },
};

const char *reloc_type_name(uint32_t type)
{
	static char unknown[24];

	for (size_t i = 0; i < ARRAY_SIZE(reloc_types); i++)
		if (reloc_types[i].type == type)
			return reloc_types[i].name;
	snprintf(unknown, sizeof(unknown), "type %u", type);
	return unknown;
}

unsigned reloc_size(uint32_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(reloc_types); i++)
		if (reloc_types[i].type == type)
			return reloc_types[i].size;
	return 0;
}

bool is_reloc_relative(uint32_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(reloc_types); i++)
		if (reloc_types[i].type == type)
			return reloc_types[i].relative;
	return false;
}

bool is_text_section(const struct elf_section *section)
{
	return (section->flags & (SHF_ALLOC | SHF_EXECINSTR)) == (SHF_ALLOC | SHF_EXECINSTR);
}

bool is_string_section(const struct elf_section *section)
{
	return (section->flags & (SHF_MERGE | SHF_STRINGS)) == (SHF_MERGE | SHF_STRINGS) &&
	       section->entsize == 1;
}
