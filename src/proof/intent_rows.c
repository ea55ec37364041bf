// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of special sections: those of each piece, no others, and the tables that objtool made. */
#include <string.h>

#include "proof/intent_private.h"

static bool in_reloc(const struct row *row, uint64_t offset)
{
	for (size_t i = 0; i < row->reloc_count; i++)
		if (offset >= row->relocs[i].offset &&
		    offset < row->relocs[i].offset + reloc_size(row->relocs[i].type))
			return true;
	return false;
}

/* The bytes first: only a row that is meant may say where a piece of code is. */
static bool is_right_row(const struct intent_check *check, const struct piece *piece,
			 const struct row *row, struct spot spot)
{
	const uint8_t *ours = row->section->data + row->offset, *theirs;

	if (!spot.section->data || row->size > spot.section->size - spot.offset)
		return false;
	theirs = spot.section->data + spot.offset;
	for (uint64_t i = 0; i < row->size; i++)
		if (ours[i] != theirs[i] && !in_reloc(row, row->offset + i))
			return false;
	for (size_t i = 0; i < row->reloc_count; i++) {
		const struct elf_reloc *reloc = &row->relocs[i];
		struct spot field = { spot.section, spot.offset + reloc->offset - row->offset };

		if (!intent_is_right_reloc(check, piece, row, reloc, field))
			return false;
	}
	return true;
}

static void check_row(const struct intent_check *check, const struct piece *piece,
		      const struct row *row)
{
	const struct elf_section *section =
		object_find_section(check->work->module, row->section->name);

	for (uint64_t at = 0; section && at + row->size <= section->size; at += row->size)
		if (is_right_row(check, piece, row, (struct spot){ section, at }))
			return;
	audit_fail(check->work, "%s+0x%jx: its row in %s is missing or wrong",
		   atom_text(piece->atom), (uintmax_t)row->place, row->section->name);
}

static bool is_in_module(const struct row *row)
{
	return !section_rule_find(row->section)->discarded &&
	       strncmp(row->section->name, "runtime_", 8) != 0;
}

void intent_check_rows_of(const struct intent_check *check, const struct piece *piece)
{
	for (const struct row *row = piece->atom->rows; row; row = row->next)
		if (is_in_module(row))
			check_row(check, piece, row);
}

static size_t rows_of(const struct atom *atom, const char *section)
{
	size_t count = 0;

	for (const struct row *row = atom->rows; row; row = row->next)
		count += !strcmp(row->section->name, section);
	/* Where objtool makes these, the patch's object has only the call. */
	if (!count && atom->has_fentry && !strcmp(section, "__mcount_loc"))
		count = 1;
	return count;
}

static bool is_init_spot(const struct elf_reloc *reloc)
{
	const struct elf_section *section = reloc->symbol ? reloc->symbol->section : NULL;

	return section && (!strncmp(section->name, ".init", 5) || !strncmp(section->name, ".exit", 5));
}

/* Rows that are not about the init and exit functions, which every livepatch has. */
static size_t count_rows(const struct intent_check *check, const struct elf_section *section,
			 size_t row_relocs)
{
	struct spot start = { section, 0 };
	size_t rows = intent_count_relocs(check, start, section->size) / row_relocs, count = 0;

	for (size_t i = 0; i < rows; i++) {
		struct spot field = { section, i * (section->size / rows) };
		const struct elf_reloc *reloc;

		field.offset += section->relocs.count ? section->relocs.items[0].offset : 0;
		reloc = intent_reloc(check, field);
		count += reloc && !is_init_spot(reloc);
	}
	return count;
}

/* No row is about code of the patch that no piece of the patch has. */
void intent_check_row_counts(const struct intent_check *check)
{
	const struct object *module = check->work->module;

	for (size_t i = 0; i < module->section_count; i++) {
		const struct elf_section *section = module->sections[i];
		const struct section_rule *rule = section_rule_find(section);
		size_t wanted = 0, found;

		if (rule->kind != SECTION_ROWS || rule->discarded || !section->size)
			continue;
		for (size_t k = 0; k < check->count; k++)
			wanted += rows_of(check->pieces[k].atom, section->name);
		found = count_rows(check, section, rule->row_relocs);
		if (wanted != found)
			audit_fail(check->work, "%s has %zu rows about the patch's code, the patch %zu",
				   section->name, found, wanted);
	}
}

static bool is_same_reloc(const struct elf_reloc *a, const struct elf_reloc *b, uint64_t shift)
{
	const char *x = a->symbol && a->symbol->section ? a->symbol->section->name : NULL;
	const char *y = b->symbol && b->symbol->section ? b->symbol->section->name : NULL;

	if (a->type != b->type || a->offset + shift != b->offset || !x != !y)
		return false;
	if (!x) /* in the patch's object, a prefix may say for which module the symbol is */
		return a->addend == b->addend && a->symbol && b->symbol &&
		       has_suffix(a->symbol->name, b->symbol->name);
	return !strcmp(x, y) && (int64_t)a->symbol->value + a->addend ==
					(int64_t)b->symbol->value + b->addend;
}

/* What objtool made for the patch stands in the module's section behind what it made for the init
 * and exit functions. */
static void check_processed_section(const struct intent_check *check,
				    const struct elf_section *ours)
{
	const struct elf_section *theirs = object_find_section(check->work->module, ours->name);
	uint64_t shift;

	if (!theirs || theirs->size < ours->size || !theirs->data) {
		audit_fail(check->work, "%s of the patch is not in the module", ours->name);
		return;
	}
	shift = theirs->size - ours->size;
	for (uint64_t i = 0; i < ours->size; i++)
		if (ours->data[i] != theirs->data[shift + i]) {
			audit_fail(check->work, "%s+0x%jx is another one than objtool has made",
				   ours->name, (uintmax_t)(shift + i));
			return;
		}
	for (size_t i = 0; i < ours->relocs.count; i++) {
		struct spot spot = { theirs, ours->relocs.items[i].offset + shift };
		const struct elf_reloc *found = intent_reloc(check, spot);

		if (!found || !is_same_reloc(&ours->relocs.items[i], found, shift))
			audit_fail(check->work, "%s+0x%jx leads elsewhere than objtool has made it",
				   ours->name, (uintmax_t)spot.offset);
	}
}

void intent_check_processed(const struct intent_check *check)
{
	auto_object struct object *processed = NULL;
	struct error err;

	if (!check->intent->processed)
		return;
	if (object_read(check->intent->processed, 0, &processed, &err) < 0) {
		audit_fail(check->work, "%s", err.msg);
		return;
	}
	for (size_t i = 0; i < processed->section_count; i++) {
		const struct elf_section *section = processed->sections[i];

		if (section_rule_find(section)->kind == SECTION_REGENERATED && section->size &&
		    section->data && strcmp(section->name, ".orc_header"))
			check_processed_section(check, section);
	}
}
