// SPDX-License-Identifier: GPL-2.0-or-later
/* The pieces of a patch: where each of them is in the module, and whether its bytes are the right ones. */
#include <stdio.h>
#include <string.h>

#include "diff/renamed.h"
#include "elf/fentry.h"
#include "proof/intent_private.h"

static struct piece *piece_of(const struct intent_check *check, const struct atom *atom)
{
	char key[32];

	snprintf(key, sizeof(key), "%p", (const void *)atom);
	return map_find(check->by_atom, key);
}

void intent_add_pieces(struct intent_check *check)
{
	for (size_t i = 0; i < check->intent->count; i++) {
		const struct changeset *changeset = check->intent->units[i].changeset;

		for (size_t k = 0; k < changeset->carried_count; k++) {
			ARRAY_GROW(check->pieces, check->capacity, check->count + 1);
			check->pieces[check->count++] = (struct piece){
				.atom = changeset->carried[k], .unit = i,
			};
		}
	}
	for (size_t i = 0; i < check->count; i++) {
		char key[32];

		snprintf(key, sizeof(key), "%p", (const void *)check->pieces[i].atom);
		map_set(check->by_atom, key, &check->pieces[i]);
	}
}

/* Of the loader's relocations and of livepatch's. */
const struct elf_reloc *intent_reloc(const struct intent_check *check, struct spot spot)
{
	const struct object *module = check->work->module;
	const struct elf_reloc *reloc = relocs_at(&spot.section->relocs, spot.offset);

	for (size_t i = 0; i < module->klp_count && !reloc; i++)
		if (module->klp[i]->target == spot.section)
			reloc = relocs_at(&module->klp[i]->relocs, spot.offset);
	return reloc;
}

static size_t count_in(const struct elf_relocs *relocs, uint64_t start, uint64_t end)
{
	size_t count = 0;

	for (size_t i = 0; i < relocs->count; i++)
		count += relocs->items[i].offset >= start && relocs->items[i].offset < end &&
			 relocs->items[i].type != R_X86_64_NONE;
	return count;
}

size_t intent_count_relocs(const struct intent_check *check, struct spot spot, uint64_t size)
{
	const struct object *module = check->work->module;
	size_t count = count_in(&spot.section->relocs, spot.offset, spot.offset + size);

	for (size_t i = 0; i < module->klp_count; i++)
		if (module->klp[i]->target == spot.section)
			count += count_in(&module->klp[i]->relocs, spot.offset, spot.offset + size);
	return count;
}

/* What is emitted in another function's extent is called a local label. */
static bool is_its_name(const char *name, const struct atom *atom)
{
	if (atom->parent || atom->state == ATOM_NEW)
		name = name_without_within(name);
	return !strcmp(name, name_in_module(atom));
}

/* A piece is where the first reference to it leads; all others must lead there too. */
bool intent_is_piece(const struct intent_check *check, const struct atom *atom, struct spot start)
{
	struct piece *piece = piece_of(check, atom);

	if (!piece || !start.section)
		return false;
	if (!piece->spot.section) {
		if (start.offset > start.section->size ||
		    atom->end - atom->start > start.section->size - start.offset)
			return false;
		if (atom->symbol && atom->is_function) {
			bool named = false;

			for (size_t i = 0; i < start.section->symbol_count; i++)
				named |= is_its_name(start.section->symbols[i]->name, atom) &&
					 start.section->symbols[i]->value ==
						 start.offset + atom_entry(atom);
			if (!named)
				return false;
		}
		piece->spot = start;
	}
	return piece->spot.section == start.section && piece->spot.offset == start.offset;
}

/* Static branches: objtool has written a nop over the jump (see target/placement.c). */
static unsigned branch_nop(const struct piece *piece, uint64_t offset, const uint8_t *theirs)
{
	const uint8_t *code = piece->atom->section->data + piece->atom->start + offset;
	unsigned size = code[0] == 0xeb ? 2 : code[0] == 0xe9 ? 5 : 0;

	for (const struct row *row = piece->atom->rows; row; row = row->next)
		if (!strcmp(row->section->name, "__jump_table") && row->place == offset && size &&
		    row->reloc_count == 3 && (row->relocs[2].addend & 2) &&
		    !memcmp(theirs, size == 2 ? "\x66\x90" : "\x0f\x1f\x44\x00\x00", size))
			return size;
	return 0;
}

/* Values that the kernel writes into its own code at boot: in a module, the variable is loaded with
 * an instruction of the same ten bytes (asm/runtime-const.h). */
static unsigned runtime_load(const struct intent_check *check, const struct piece *piece,
			     uint64_t offset, const uint8_t *theirs)
{
	const uint8_t *code = piece->atom->section->data + piece->atom->start + offset;
	struct spot field = { piece->spot.section, piece->spot.offset + offset + 3 };

	for (const struct row *row = piece->atom->rows; row; row = row->next) {
		const char *name = row->section->name;
		const struct elf_reloc *reloc;
		uint8_t modrm = (uint8_t)((code[1] & 7) << 3 | 5);

		if (strncmp(name, "runtime_ptr_", 12) || row->place != offset + 2)
			continue;
		reloc = intent_reloc(check, field);
		if (theirs[0] == (0x48 | (code[0] & 1 ? 4 : 0)) && theirs[1] == 0x8b &&
		    theirs[2] == modrm && !memcmp(theirs + 7, "\x0f\x1f\x00", 3) && reloc &&
		    reloc->addend == -4 && reloc->type == R_X86_64_PC32 &&
		    intent_is_symbol(check, piece->unit, reloc->symbol, name + 12, SIZE_MAX))
			return 10;
	}
	return 0;
}

/* A call of __fentry__ over which objtool has written a nop. */
static bool is_fentry(const struct intent_check *check, const struct piece *piece, uint64_t offset)
{
	const struct atom *atom = piece->atom;
	const struct spot spot = { piece->spot.section, piece->spot.offset + offset };

	return atom->has_fentry && atom->section->data[atom->start + offset] == 0xe8 &&
	       fentry_is_nop(spot.section->data + spot.offset, spot.section->size - spot.offset) &&
	       fentry_is_at(atom->side->object, atom->section, atom->start + offset) &&
	       fentry_is_at(check->work->module, spot.section, spot.offset);
}

static void piece_fail(const struct intent_check *check, const struct piece *piece, uint64_t offset,
		       const char *text)
{
	audit_fail(check->work, "%s+0x%jx: %s", atom_text(piece->atom), (uintmax_t)offset, text);
}

static bool is_row_about(const struct piece *piece, const char *prefix, uint64_t offset)
{
	for (const struct row *row = piece->atom->rows; row; row = row->next)
		if (!strncmp(row->section->name, prefix, strlen(prefix)) && row->place == offset)
			return true;
	return false;
}

bool intent_is_aligned(const struct elf_section *ours, uint64_t start, struct spot spot)
{
	uint64_t align = start ? start & -start : ours->align;

	if (align > ours->align)
		align = ours->align;
	return spot.section->align >= align && spot.offset % align == 0;
}

/* Code relies on it: movaps faults, per-processor data straddle cache lines. */
static void check_alignment(const struct intent_check *check, const struct piece *piece)
{
	const struct elf_section *ours = piece->atom->section;

	if (!intent_is_aligned(ours, piece->atom->start, piece->spot))
		piece_fail(check, piece, 0, "the module aligns it less than the patch");
}

/* Code reaches a per-CPU variable in another way than any other. */
static void check_memory(const struct intent_check *check, const struct piece *piece)
{
	if (section_is_percpu(piece->atom->section) != section_is_percpu(piece->spot.section))
		piece_fail(check, piece, 0, "the module has it in memory of another kind");
}

/* Two variables in one place: both are zero there, and each changes the other. */
static void check_overlap(const struct intent_check *check, const struct piece *piece)
{
	uint64_t size = piece->atom->end - piece->atom->start;

	if (!(piece->spot.section->flags & SHF_WRITE))
		return;
	for (size_t i = 0; i < check->count; i++) {
		const struct piece *other = &check->pieces[i];
		uint64_t length = other->atom->end - other->atom->start;

		if (other != piece && other->spot.section == piece->spot.section &&
		    other->spot.offset < piece->spot.offset + size &&
		    piece->spot.offset < other->spot.offset + length)
			piece_fail(check, piece, 0, "it shares its place with another variable");
	}
}

/* Bytes outside of relocations, and the relocations. */
void intent_check_piece(const struct intent_check *check, const struct piece *piece)
{
	const struct atom *atom = piece->atom;
	const uint8_t *ours = atom->section->data ? atom->section->data + atom->start : NULL;
	const uint8_t *theirs = piece->spot.section->data
					? piece->spot.section->data + piece->spot.offset : NULL;
	uint64_t size = atom->end - atom->start;
	size_t wanted = 0, next = 0;

	check_alignment(check, piece);
	check_memory(check, piece);
	check_overlap(check, piece);
	if (!ours || !theirs) {
		if (ours || theirs)
			piece_fail(check, piece, 0, "it has bytes only on one side");
		return;
	}
	for (uint64_t i = 0; i < size;) {
		const struct elf_reloc *reloc =
			next < atom->reloc_count ? &atom->relocs[next] : NULL;
		struct spot field = { piece->spot.section, piece->spot.offset + i };
		unsigned nop = is_row_about(piece, "__jump_table", i) ? branch_nop(piece, i, &theirs[i]) : 0;
		unsigned load = !nop && is_row_about(piece, "runtime_ptr_", i + 2)
					? runtime_load(check, piece, i, &theirs[i]) : 0;

		if (!nop && !load && is_fentry(check, piece, i))
			nop = FENTRY_SIZE;
		if (nop || load) {
			wanted += load ? 1 : 0;
			i += nop + load;
			while (next < atom->reloc_count && atom->relocs[next].offset - atom->start < i)
				next++;
			continue;
		}
		if (reloc && reloc->offset - atom->start == i) {
			if (!intent_is_right_reloc(check, piece, NULL, reloc, field))
				piece_fail(check, piece, i, "it refers to something else than meant");
			i += reloc_size(reloc->type);
			next++;
			wanted++;
			continue;
		}
		if (ours[i] != theirs[i]) {
			piece_fail(check, piece, i, "the module has other bytes");
			return;
		}
		i++;
	}
	if (wanted != intent_count_relocs(check, piece->spot, size))
		piece_fail(check, piece, 0, "the module has another number of relocations");
}
