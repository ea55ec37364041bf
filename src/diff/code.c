// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/code.h"

#include <string.h>

size_t code_reloc_from(const struct atom *atom, uint64_t at)
{
	const struct elf_relocs relocs = { .items = atom->relocs, .count = atom->reloc_count };

	return relocs_from(&relocs, at);
}

const struct elf_reloc *code_reloc_in(const struct atom *atom, uint64_t at, unsigned length)
{
	size_t i = code_reloc_from(atom, at);

	if (i == atom->reloc_count || atom->relocs[i].offset >= at + length)
		return NULL;
	return &atom->relocs[i];
}

bool code_has_alternative(const struct atom *atom, uint64_t at)
{
	for (const struct row *row = atom->rows; row; row = row->next) {
		const uint8_t *bytes = row->section->data;
		uint64_t place = atom->start + row->place;

		if (strcmp(row->section->name, ".altinstructions") || row->size < 2 || !bytes)
			continue;
		if (at >= place && at < place + bytes[row->offset + row->size - 2])
			return true;
	}
	return false;
}

bool code_is_label(const struct atom *atom, uint64_t at)
{
	for (const struct row *row = atom->rows; row; row = row->next)
		if (!strcmp(row->section->name, "__jump_table") && atom->start + row->place == at)
			return true;
	return false;
}

bool code_is_edge(const struct atom *atom, const struct row *row, uint64_t at)
{
	return atom->start + row->place == at && (!strcmp(row->section->name, "__jump_table") ||
						  !strcmp(row->section->name, "__ex_table"));
}

bool code_edge_target(const struct row *row, struct target *ret_target)
{
	struct error ignored;

	return row->reloc_count >= 2 &&
	       target_of(row->section, &row->relocs[1], ret_target, &ignored) == 0;
}
