// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/decode.h"

#include <string.h>

#include "elf/instruction.h"

static bool is_code(const struct elf_section *section)
{
	enum section_kind kind = atoms_of(section)->rule->kind;

	return kind == SECTION_TEXT || kind == SECTION_INIT_TEXT || kind == SECTION_FRAGMENT;
}

struct walk { /* through the instructions of one section */
	struct side *side;
	struct elf_section *section;
	uint8_t *code; /* writable copy, made when needed */
	size_t reloc; /* the first relocation that is not yet passed */
	struct elf_relocs added;
};

/* The relocation in this instruction that covers the field, or NULL. */
static const struct elf_reloc *reloc_at(const struct walk *walk, uint64_t offset)
{
	const struct elf_relocs *relocs = &walk->section->relocs;

	for (size_t i = walk->reloc; i < relocs->count && relocs->items[i].offset <= offset; i++)
		if (relocs->items[i].offset == offset)
			return &relocs->items[i];
	return NULL;
}

/* A reference that the assembler resolved: from one atom of the section into another. */
static void note_resolved(struct walk *walk, uint64_t at, const struct instruction *instruction)
{
	uint64_t field = at + instruction->relative_offset;
	int64_t place = (int64_t)(at + instruction->length) + instruction->relative;
	struct atom *from = atom_at(walk->section, (int64_t)at);

	if (!from || reloc_at(walk, field) || place < 0 || (uint64_t)place > walk->section->size)
		return;
	if ((uint64_t)place >= from->start && (uint64_t)place < from->end)
		return;
	if (instruction->relative_size != 4) {
		from->leaves_by_short_branch = true;
		return;
	}
	if (!walk->code)
		walk->code = section_make_writable(walk->side->object, walk->section);
	memset(walk->code + field, 0, 4);
	relocs_add(walk->side->object, &walk->added,
		   (struct elf_reloc){
			   .offset = field,
			   .type = instruction->is_branch ? R_X86_64_PLT32 : R_X86_64_PC32,
			   .addend = place - (int64_t)(at + instruction->length - field),
			   .symbol = section_symbol(walk->side->object, walk->section),
		   });
}

static int compare_offsets(const void *a, const void *b)
{
	const struct elf_reloc *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void merge_added(struct walk *walk)
{
	struct elf_relocs *relocs = &walk->section->relocs;

	for (size_t i = 0; i < walk->added.count; i++)
		relocs_add(walk->side->object, relocs, walk->added.items[i]);
	if (walk->added.count)
		qsort(relocs->items, relocs->count, sizeof(*relocs->items), compare_offsets);
}

/* First pass: references without relocation. Only where several atoms share the section. */
static void find_resolved(struct side *side, struct elf_section *section)
{
	struct walk walk = { .side = side, .section = section };
	struct instruction instruction;

	if (atoms_of(section)->count < 2)
		return;
	for (uint64_t at = 0; at < section->size; at += instruction.length) {
		const struct elf_relocs *relocs = &section->relocs;

		while (walk.reloc < relocs->count && relocs->items[walk.reloc].offset < at)
			walk.reloc++;
		if (!instruction_decode(section->data + at, section->size - at, &instruction)) {
			instruction.length = 1;
			continue;
		}
		if (instruction.relative_size)
			note_resolved(&walk, at, &instruction);
	}
	merge_added(&walk);
}

/* Second pass: the tails. A relative relocation outside of any instruction is an error, since
 * nobody could say where it points. */
static int measure_tails(struct side *side, struct elf_section *section,
			 struct finding_list *findings)
{
	struct elf_relocs *relocs = &section->relocs;
	uint8_t *tails = arena_alloc(side->object->arena, relocs->count + 1);
	struct instruction instruction;
	size_t next = 0;

	atoms_of(section)->tails = tails;
	for (uint64_t at = 0; at < section->size && next < relocs->count;
	     at += instruction.length) {
		if (!instruction_decode(section->data + at, section->size - at, &instruction)) {
			instruction.length = 1;
			if (relocs->items[next].offset == at && is_reloc_relative(relocs->items[next].type))
				finding_add(findings, RULE_MALFORMED, side->unit, NULL,
					    section->name,
					    "the bytes at 0x%jx, which a relocation changes, are no instruction",
					    (uintmax_t)at);
		}
		for (; next < relocs->count && relocs->items[next].offset < at + instruction.length;
		     next++)
			tails[next] = (uint8_t)(at + instruction.length - relocs->items[next].offset);
	}
	return 0;
}

int decode_text(struct side *side, struct finding_list *findings, struct error *err)
{
	for (size_t i = 0; i < side->object->section_count; i++) {
		struct elf_section *section = side->object->sections[i];

		if (!is_code(section) || !section->data)
			continue;
		find_resolved(side, section);
		measure_tails(side, section, findings);
	}
	return finding_list_error(findings, err);
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Not target_of(): the fragments, which that would answer with, are what is being made. */
static bool refers_to(const struct elf_section *from, const struct elf_reloc *reloc,
		      const struct elf_section *to, uint64_t *ret_offset)
{
	const uint8_t *tails = atoms_of(from)->tails;
	int64_t offset;

	if (!reloc->symbol || reloc->symbol->section != to)
		return false;
	offset = (int64_t)reloc->symbol->value + reloc->addend;
	if (tails && is_reloc_relative(reloc->type))
		offset += tails[reloc - from->relocs.items];
	if (offset < 0 || (uint64_t)offset > to->size)
		return false;
	*ret_offset = (uint64_t)offset;
	return true;
}

int decode_fragment_starts(struct side *side, const struct elf_section *section,
			   uint64_t **ret_starts, size_t *ret_count, struct error *err)
{
	uint64_t *starts = xcalloc(1, sizeof(*starts));
	size_t count = 1, capacity = 1, kept = 0;

	(void)err;
	for (size_t i = 0; i < side->object->section_count; i++) {
		const struct elf_section *from = side->object->sections[i];

		/* Discarded rows point into fragments, not to their starts. */
		if (!(from->flags & SHF_ALLOC) || from == section ||
		    atoms_of(from)->rule->kind == SECTION_IGNORED || atoms_of(from)->rule->discarded)
			continue;
		/* Of a row only what is not the place in the code: a replacement's start. */
		for (size_t k = 0; k < from->relocs.count; k++) {
			unsigned row = atoms_of(from)->rule->row_relocs;
			uint64_t offset;

			if (row && k % row == 0)
				continue;
			if (!refers_to(from, &from->relocs.items[k], section, &offset) ||
			    offset == section->size)
				continue;
			ARRAY_GROW(starts, capacity, count + 1);
			starts[count++] = offset;
		}
	}
	qsort(starts, count, sizeof(*starts), compare_numbers);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || starts[i] != starts[kept - 1])
			starts[kept++] = starts[i];
	*ret_starts = starts;
	*ret_count = kept;
	return 0;
}
