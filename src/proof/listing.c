// SPDX-License-Identifier: GPL-2.0-or-later
#include "proof/listing.h"

#include <stdlib.h>
#include <string.h>

#include "elf/fentry.h"

void listing_clear(struct listing *listing)
{
	map_free(listing->by_name);
	arena_free(listing->arena);
	free(listing->functions);
	*listing = (struct listing){ 0 };
}

/* 90, 0f 1f /0, with any 66, 2e or 3e in front: what the assembler aligns with. */
static bool is_nop(const uint8_t *code, unsigned length)
{
	unsigned i = 0;

	while (i < length && (code[i] == 0x66 || code[i] == 0x2e || code[i] == 0x3e))
		i++;
	return i < length && (code[i] == 0x90 ||
			      (i + 1 < length && code[i] == 0x0f && code[i + 1] == 0x1f));
}

static const struct elf_reloc *jump_row_at(const struct object *object,
					   const struct elf_section *section, uint64_t offset)
{
	const struct elf_section *rows = object_find_section(object, "__jump_table");

	for (size_t i = 0; rows && i + 2 < rows->relocs.count; i += 3) {
		const struct elf_reloc *code = &rows->relocs.items[i];

		if (code->symbol && code->symbol->section == section &&
		    code->symbol->value + (uint64_t)code->addend == offset)
			return code;
	}
	return NULL;
}

static void list_function(struct listing *listing, struct function *function, size_t *reloc)
{
	const struct elf_section *section = function->section;
	const struct elf_relocs *relocs = &section->relocs;
	size_t capacity = function->end - function->start;

	function->lines = xcalloc(capacity + 1, sizeof(*function->lines));
	for (uint64_t at = function->start; at < function->end;) {
		struct line line = { .offset = at };

		if (!instruction_decode(section->data + at, function->end - at, &line.instruction))
			line.instruction = (struct instruction){ .length = 1 };
		while (*reloc < relocs->count && relocs->items[*reloc].offset < at)
			++*reloc;
		line.relocs = relocs->items + *reloc;
		while (*reloc + line.reloc_count < relocs->count &&
		       line.relocs[line.reloc_count].offset < at + line.instruction.length)
			line.reloc_count++;
		line.jump_row = jump_row_at(listing->object, section, at);
		line.is_fentry = line.instruction.length == FENTRY_SIZE &&
				 fentry_is_at(listing->object, section, at);
		if (line.jump_row || line.is_fentry ||
		    !is_nop(section->data + at, line.instruction.length))
			function->lines[function->count++] = line;
		at += line.instruction.length;
	}

	struct line *lines = arena_memdup(listing->arena, function->lines,
					  (function->count + 1) * sizeof(*lines));

	free(function->lines);
	function->lines = lines;
}

static void list_section(struct listing *listing, const struct elf_section *section,
			 size_t *capacity)
{
	for (size_t i = 0; i < section->symbol_count; i++) {
		const struct elf_symbol *symbol = section->symbols[i];
		struct function *last = listing->count ? &listing->functions[listing->count - 1]
						       : NULL;

		/* objtool names the padding in front of functions (add_prefix_symbols()). */
		if (symbol->type != STT_FUNC || !symbol->size ||
		    !strncmp(symbol->name, "__pfx_", 6) ||
		    symbol->size > section->size - symbol->value ||
		    (last && last->section == section && symbol->value < last->end))
			continue;
		ARRAY_GROW(listing->functions, *capacity, listing->count + 1);
		listing->functions[listing->count++] = (struct function){
			.name = symbol->name, .section = section, .start = symbol->value,
			.end = symbol->value + symbol->size,
		};
	}
}

void listing_make(const struct object *object, struct listing *ret_listing)
{
	struct listing *listing = ret_listing;
	size_t capacity = 0, reloc = 0;

	*listing = (struct listing){ .arena = arena_new(), .object = object, .by_name = map_new() };
	for (size_t i = 0; i < object->section_count; i++)
		if (is_text_section(object->sections[i]) && object->sections[i]->data)
			list_section(listing, object->sections[i], &capacity);
	for (size_t i = 0; i < listing->count; i++) {
		struct function *function = &listing->functions[i];

		if (!i || function->section != function[-1].section)
			reloc = 0;
		list_function(listing, function, &reloc);
		map_set(listing->by_name, function->name, function);
	}
}

const struct function *listing_at(const struct listing *listing, const struct elf_section *section,
				  uint64_t offset)
{
	for (size_t i = 0; i < listing->count; i++) {
		const struct function *function = &listing->functions[i];

		if (function->section == section && offset >= function->start &&
		    offset < function->end)
			return function;
	}
	return NULL;
}

size_t function_line(const struct function *function, uint64_t offset)
{
	size_t low = 0, high = function->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (function->lines[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
