// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/fentry.h"

#include <string.h>

bool fentry_is_nop(const uint8_t *code, uint64_t left)
{
	static const uint8_t nop[FENTRY_SIZE] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };

	return left >= sizeof(nop) && !memcmp(code, nop, sizeof(nop));
}

static bool is_listed(const struct object *object, const struct elf_section *section,
		      uint64_t offset)
{
	const struct elf_section *rows = object_find_section(object, "__mcount_loc");

	for (size_t i = 0; rows && i < rows->relocs.count; i++) {
		const struct elf_reloc *row = &rows->relocs.items[i];

		if (row->symbol && row->symbol->section == section &&
		    row->symbol->value + (uint64_t)row->addend == offset)
			return true;
	}
	return false;
}

bool fentry_is_at(const struct object *object, const struct elf_section *section, uint64_t offset)
{
	const struct elf_reloc *reloc;

	if (!section->data || offset > section->size || section->size - offset < FENTRY_SIZE)
		return false;
	if (fentry_is_nop(section->data + offset, section->size - offset))
		return is_listed(object, section, offset);
	reloc = relocs_at(&section->relocs, offset + 1);
	return section->data[offset] == 0xe8 && reloc && reloc->symbol && !reloc->symbol->section &&
	       !strcmp(reloc->symbol->name, "__fentry__");
}

bool fentry_begins(const struct object *object, const struct elf_section *section, uint64_t offset)
{
	static const uint8_t endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };

	if (section->data && offset <= section->size && section->size - offset >= sizeof(endbr) &&
	    !memcmp(section->data + offset, endbr, sizeof(endbr)))
		offset += sizeof(endbr);
	return fentry_is_at(object, section, offset);
}
