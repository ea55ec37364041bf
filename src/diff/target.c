// SPDX-License-Identifier: GPL-2.0-or-later
/* Where a relocation points. */
#include <string.h>

#include "diff/side.h"

/* Bytes of a text of wide characters (L"", u""), with the zero at its end; 0 if there is none. */
static uint64_t wide_text_size(const uint8_t *bytes, uint64_t size, uint64_t entry)
{
	for (uint64_t at = 0; at + entry <= size; at += entry) {
		uint64_t i = 0;

		while (i < entry && bytes[at + i] == 0)
			i++;
		if (i == entry)
			return at + entry;
	}
	return 0;
}

static int target_in_merged(const struct elf_section *section, int64_t offset,
			    struct target *target, struct error *err)
{
	if (offset < 0 || (uint64_t)offset >= section->size || !section->data)
		return error_set(err, ERROR_INVALID, "a relocation points outside of %s",
				 section->name);
	target->section = (struct elf_section *)section;
	target->offset = offset;
	target->bytes = section->data + offset;
	if (is_string_section(section)) {
		const uint8_t *end = memchr(target->bytes, 0, section->size - (uint64_t)offset);

		if (!end)
			return error_set(err, ERROR_INVALID, "%s: text without an end",
					 section->name);
		target->kind = TARGET_TEXT;
		target->size = (uint64_t)(end - target->bytes) + 1;
		return 0;
	}

	uint64_t entry = section->entsize ? section->entsize : section->size;
	uint64_t within = (uint64_t)offset % entry;

	if (within != 0 || entry > section->size - (uint64_t)offset)
		return error_set(err, ERROR_INVALID, "a relocation points into a constant of %s",
				 section->name);
	target->kind = TARGET_CONSTANT;
	target->size = entry;
	if (section->flags & SHF_STRINGS)
		target->size = wide_text_size(target->bytes, section->size - (uint64_t)offset,
					      entry);
	if (target->size == 0)
		return error_set(err, ERROR_INVALID, "%s: text without an end", section->name);
	return 0;
}

static unsigned tail_of(const struct elf_section *section, const struct elf_reloc *reloc)
{
	const uint8_t *tails = atoms_of(section)->tails;

	if (!tails || !is_reloc_relative(reloc->type))
		return 0;
	return tails[reloc - section->relocs.items];
}

int target_of(const struct elf_section *section, const struct elf_reloc *reloc,
	      struct target *ret_target, struct error *err)
{
	struct target target = { .tail = tail_of(section, reloc) };
	const struct elf_symbol *symbol = reloc->symbol;
	int64_t offset = reloc->addend + target.tail;

	if (!symbol) {
		target.kind = TARGET_NONE;
		target.offset = offset;
	} else if (!symbol->section && symbol->special == SHN_ABS) {
		target.kind = TARGET_ABSOLUTE;
		target.offset = offset + (int64_t)symbol->value;
	} else if (!symbol->section) {
		target.kind = TARGET_OUTSIDE;
		target.symbol = (struct elf_symbol *)symbol;
		target.offset = offset;
	} else if (symbol->section->flags & SHF_MERGE) {
		if (target_in_merged(symbol->section, offset + (int64_t)symbol->value, &target,
				     err) < 0)
			return -1;
	} else {
		/* A symbol says which atom is meant; only a section symbol leaves it to the
		 * offset. */
		int64_t place = offset + (int64_t)symbol->value;
		int64_t hint = symbol->type == STT_SECTION ? place : (int64_t)symbol->value;

		target.kind = TARGET_ATOM;
		target.atom = atom_at(symbol->section, hint);
		if (!target.atom)
			return error_set(err, ERROR_INVALID,
					 "%s+0x%jx: a relocation points to %s, which has no content",
					 section->name, (uintmax_t)reloc->offset,
					 symbol->section->name);
		target.offset = place - (int64_t)target.atom->start;
	}
	*ret_target = target;
	return 0;
}

bool reloc_is_branch(const struct elf_section *section, const struct elf_reloc *reloc)
{
	const uint8_t *code = section->data ? section->data + reloc->offset : NULL;

	if (reloc->type == R_X86_64_PLT32)
		return true;
	if (reloc->type != R_X86_64_PC32 || !code || !(section->flags & SHF_EXECINSTR))
		return false;
	return (reloc->offset >= 1 && (code[-1] == 0xe8 || code[-1] == 0xe9)) ||
	       (reloc->offset >= 2 && code[-2] == 0x0f && (code[-1] & 0xf0) == 0x80);
}

bool reloc_is_call(const struct elf_section *section, const struct elf_reloc *reloc)
{
	return reloc_is_branch(section, reloc) && section->data && reloc->offset >= 1 &&
	       section->data[reloc->offset - 1] == 0xe8;
}
