// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/shipped.h"

#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "target/modules.h"

#define VMLINUX_LIMIT ((size_t)4 << 30)

struct shipped {
	char *object;
	struct mapping file; /* the vmlinux, if this opened it */
	struct elf_view *vmlinux; /* or */
	struct object *module;
	struct map *sections; /* of the module, by name; the first wins */
	struct symbol_table *symbols;
};

void shipped_free(struct shipped *shipped)
{
	if (!shipped)
		return;
	free(shipped->object);
	elf_view_free(shipped->vmlinux);
	mapping_clear(&shipped->file);
	object_free(shipped->module);
	map_free(shipped->sections);
	symbol_table_free(shipped->symbols);
	free(shipped);
}

struct shipped *shipped_of_module(struct object *module, struct symbol_table *symbols)
{
	struct shipped *shipped = xcalloc(1, sizeof(*shipped));

	shipped->object = xstrdup(module->path);
	shipped->module = module;
	shipped->symbols = symbols;
	shipped->sections = map_new();
	for (size_t i = 0; i < module->section_count; i++)
		if (!map_has(shipped->sections, module->sections[i]->name))
			map_set(shipped->sections, module->sections[i]->name, module->sections[i]);
	return shipped;
}

int shipped_of_vmlinux(const void *data, size_t size, struct symbol_table *symbols,
		       struct shipped **ret_shipped, struct error *err)
{
	auto_shipped struct shipped *shipped = xcalloc(1, sizeof(*shipped));

	shipped->symbols = symbols;
	shipped->object = xstrdup("vmlinux");
	if (elf_view_open(data, size, &shipped->vmlinux, err) < 0) {
		shipped->symbols = NULL; /* stays the caller's */
		return -1;
	}
	*ret_shipped = steal_ptr(shipped);
	return 0;
}

static int open_vmlinux(const struct kernel *kernel, struct shipped **ret_shipped,
			struct error *err)
{
	auto_mapping struct mapping file = { 0 };
	auto_symbol_table struct symbol_table *symbols = NULL;

	if (symbols_of_kernel(kernel, &symbols, err) < 0 ||
	    mapping_open(kernel->vmlinux, VMLINUX_LIMIT, &file, err) < 0 ||
	    shipped_of_vmlinux(file.data, file.size, symbols, ret_shipped, err) < 0)
		return -1;
	symbols = NULL;
	(*ret_shipped)->file = file;
	file = (struct mapping){ 0 };
	return 0;
}

static int open_module(const struct kernel *kernel, const char *name,
		       struct shipped **ret_shipped, struct error *err)
{
	auto_free char *path = NULL;
	auto_buffer struct buffer bytes = BUFFER_INIT;
	auto_object struct object *module = NULL;
	struct symbol_table *symbols;

	if (module_find(kernel, name, &path, err) < 0 || module_read(path, &bytes, err) < 0 ||
	    object_parse(bytes.data, bytes.size, path, 0, &module, err) < 0 ||
	    symbols_of_module(path, &symbols, err) < 0)
		return -1;
	*ret_shipped = shipped_of_module(steal_ptr(module), symbols);
	free((*ret_shipped)->object);
	(*ret_shipped)->object = xstrdup(name);
	return 0;
}

int shipped_open(const struct kernel *kernel, const char *object, struct shipped **ret_shipped,
		 struct error *err)
{
	int result = strcmp(object, "vmlinux") ? open_module(kernel, object, ret_shipped, err)
					       : open_vmlinux(kernel, ret_shipped, err);

	return result < 0 ? error_context(err, "%s as shipped", object) : 0;
}

const char *shipped_object(const struct shipped *shipped)
{
	return shipped->object;
}

const struct symbol_table *shipped_symbols(const struct shipped *shipped)
{
	return shipped->symbols;
}

const struct object *shipped_module(const struct shipped *shipped)
{
	return shipped->module;
}

const struct elf_view *shipped_vmlinux(const struct shipped *shipped)
{
	return shipped->vmlinux;
}

bool shipped_symbol_place(const struct shipped *shipped, size_t index, struct place *ret_place)
{
	const struct symbol *symbol = &shipped->symbols->items[index];
	struct place place = { .offset = symbol->address };

	if (shipped->module) {
		place.section = symbol->section ? map_find(shipped->sections, symbol->section) : NULL;
		if (!place.section)
			return false;
	}
	*ret_place = place;
	return true;
}

const uint8_t *shipped_bytes(const struct shipped *shipped, struct place place, uint64_t size)
{
	if (shipped->vmlinux)
		return elf_view_at(shipped->vmlinux, place.offset, size);
	if (!place.section || !place.section->data || place.offset > place.section->size ||
	    size > place.section->size - place.offset)
		return NULL;
	return place.section->data + place.offset;
}

bool shipped_has(const struct shipped *shipped, struct place place, uint64_t size)
{
	const struct elf_view *view = shipped->vmlinux;

	if (!view)
		return place.section && place.offset <= place.section->size &&
		       size <= place.section->size - place.offset;
	for (size_t i = 0; i < view->section_count; i++) {
		const struct view_section *section = &view->sections[i];

		if ((section->flags & SHF_ALLOC) && place.offset >= section->address &&
		    place.offset - section->address <= section->size &&
		    size <= section->size - (place.offset - section->address))
			return true;
	}
	return false;
}

/* psABI, table 4.9: S + A, or S + A - P. Overflow is meant: per-CPU symbols are linked at 0, and the
 * distance to them wraps around (arch/x86/kernel/vmlinux.lds.S). */
static bool resolved_destination(const struct shipped *shipped, struct place place, uint32_t type,
				 struct shipped_target *ret_destination)
{
	unsigned size = reloc_size(type);
	const uint8_t *bytes = shipped_bytes(shipped, place, size);
	uint64_t value = 0;
	int32_t word;

	if (!bytes || (size != 4 && size != 8))
		return false;
	if (size == 8) {
		memcpy(&value, bytes, 8);
	} else {
		memcpy(&word, bytes, 4);
		value = type == R_X86_64_32 ? (uint64_t)(uint32_t)word : (uint64_t)(int64_t)word;
	}
	if (is_reloc_relative(type))
		value += place.offset;
	*ret_destination = (struct shipped_target){ .place = { .offset = value } };
	return true;
}

/* A call may be written either way; the module loader treats them alike. */
static uint32_t plain_type(uint32_t type)
{
	return type == R_X86_64_PLT32 ? R_X86_64_PC32 : type;
}

static bool reloc_destination(struct place place, uint32_t type,
			      struct shipped_target *ret_destination)
{
	const struct elf_relocs *relocs = &place.section->relocs;
	size_t i = relocs_from(relocs, place.offset);
	const struct elf_reloc *reloc = &relocs->items[i];

	if (i == relocs->count || reloc->offset != place.offset || !reloc->symbol ||
	    plain_type(reloc->type) != plain_type(type))
		return false;

	const struct elf_symbol *symbol = reloc->symbol;

	*ret_destination = (struct shipped_target){ 0 };
	if (symbol->section) {
		ret_destination->place.section = symbol->section;
		ret_destination->place.offset = symbol->value + (uint64_t)reloc->addend;
	} else {
		ret_destination->is_outside = true;
		ret_destination->name = symbol->name;
		ret_destination->addend = reloc->addend;
	}
	return true;
}

bool shipped_destination(const struct shipped *shipped, struct place place, uint32_t type,
			 struct shipped_target *ret_destination)
{
	if (shipped->vmlinux)
		return resolved_destination(shipped, place, type, ret_destination);
	return place.section && reloc_destination(place, type, ret_destination);
}

size_t shipped_reloc_count(const struct shipped *shipped, struct place place, uint64_t size)
{
	size_t count = 0;

	if (shipped->vmlinux || !place.section)
		return 0;

	const struct elf_relocs *relocs = &place.section->relocs;

	for (size_t i = relocs_from(relocs, place.offset);
	     i < relocs->count && relocs->items[i].offset < place.offset + size; i++)
		count += relocs->items[i].type != R_X86_64_NONE;
	return count;
}

const char *shipped_text(const struct shipped *shipped, struct place place)
{
	uint64_t size = 0;

	if (shipped->module) {
		if (!place.section || !place.section->data || place.offset >= place.section->size)
			return NULL;
		return memchr(place.section->data + place.offset, 0,
			      place.section->size - place.offset)
			       ? (const char *)place.section->data + place.offset
			       : NULL;
	}
	for (size_t i = 0; i < shipped->vmlinux->section_count; i++) {
		const struct view_section *section = &shipped->vmlinux->sections[i];

		if (!(section->flags & SHF_ALLOC) || !section->data ||
		    place.offset < section->address ||
		    place.offset - section->address >= section->size)
			continue;

		const uint8_t *text = section->data + (place.offset - section->address);

		size = section->size - (place.offset - section->address);
		return memchr(text, 0, size) ? (const char *)text : NULL;
	}
	return NULL;
}
