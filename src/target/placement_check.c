// SPDX-License-Identifier: GPL-2.0-or-later
/* Is what a unit's object says what stands in the shipped kernel? */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "target/placement.h"

/* Texts and constants that the linker merges: compared by what stands there. The assembler refers to
 * them relative to the instruction only by a symbol (tc_i386_fix_adjustable() in gas), so that the
 * addend says whether it belongs to the place or to the instruction. */
static bool check_merged(const struct placements *placements, const struct elf_reloc *reloc,
			 struct place destination, char *text, size_t text_size)
{
	const struct elf_symbol *symbol = reloc->symbol;
	const struct elf_section *section = symbol->section;
	uint64_t offset = symbol->value;
	uint64_t size;

	if (symbol->type == STT_SECTION)
		offset += (uint64_t)reloc->addend;
	else
		destination.offset -= (uint64_t)reloc->addend;
	if (offset >= section->size || !section->data) {
		snprintf(text, text_size, "it points outside of %s", section->name);
		return false;
	}
	if (is_string_section(section)) {
		const char *ours = (const char *)section->data + offset;
		const char *theirs = shipped_text(placements->shipped, destination);

		if (theirs && memchr(ours, 0, section->size - offset) && !strcmp(ours, theirs))
			return true;
		snprintf(text, text_size, "the text \"%.80s\" is \"%.80s\" in the shipped code", ours,
			 theirs ? theirs : "(no text)");
		return false;
	}
	size = section->entsize ? section->entsize : 1;
	size -= offset % size;
	if (size > section->size - offset)
		size = section->size - offset;

	const uint8_t *theirs = shipped_bytes(placements->shipped, destination, size);

	if (theirs && !memcmp(theirs, section->data + offset, size))
		return true;
	snprintf(text, text_size, "the constant at %s+0x%jx is another one", section->name,
		 (uintmax_t)offset);
	return false;
}

static bool is_global(const struct symbol *symbol)
{
	return isupper((unsigned char)symbol->type) || symbol->type == 'w' || symbol->type == 'v';
}

/* A global symbol by its name: of all that have it, a global one must stand where the code points.
 * Letters of symbols that assembly defines may be lost in a stripped image, so a name that nobody
 * else has counts whatever its letter is. */
static bool check_named(const struct placements *placements, const struct elf_reloc *reloc,
			const struct shipped_target *destination, char *text, size_t text_size)
{
	const struct symbol_table *table = shipped_symbols(placements->shipped);
	const struct elf_symbol *symbol = reloc->symbol;
	struct place wanted = destination->place, place;
	size_t count = symbol_count(table, symbol->name);

	if (destination->is_outside) {
		if (!strcmp(destination->name, symbol->name) &&
		    destination->addend == reloc->addend)
			return true;
		snprintf(text, text_size, "%s%+jd is %s%+jd in the shipped code", symbol->name,
			 (intmax_t)reloc->addend, destination->name,
			 (intmax_t)destination->addend);
		return false;
	}
	wanted.offset -= (uint64_t)reloc->addend;
	for (size_t i = symbol_first(table, symbol->name); i != SIZE_MAX;
	     i = symbol_next(table, i))
		if ((count == 1 || is_global(&table->items[i])) &&
		    shipped_symbol_place(placements->shipped, i, &place) &&
		    is_same_place(place, wanted))
			return true;
	if (!count && symbol->bind == STB_WEAK && !wanted.section && !wanted.offset)
		return true; /* nobody defines it: the linker takes 0 */

	size_t there = shipped_vmlinux(placements->shipped) ? symbol_at(table, wanted.offset) : SIZE_MAX;

	snprintf(text, text_size, "%s %s, the shipped code points to 0x%jx%s%s", symbol->name,
		 count ? "is not there" : "is not in the symbol table", (uintmax_t)wanted.offset,
		 there == SIZE_MAX ? "" : ", ", there == SIZE_MAX ? "" : table->items[there].name);
	return false;
}

static bool check_placed(const struct placements *placements, const struct elf_reloc *reloc,
			 const struct shipped_target *destination, bool strict, char *text,
			 size_t text_size)
{
	const struct elf_section *section = reloc->symbol->section;
	struct place wanted;

	if (!placement_target(placements, reloc, &wanted)) {
		const char *why = placement_of(placements, section)->why;

		snprintf(text, text_size, "%s, to which it refers, has no known place%s%s",
			 *reloc->symbol->name ? reloc->symbol->name : section->name,
			 why ? ": " : "", why ? why : "");
		return !strict;
	}
	if (!destination->is_outside && is_same_place(wanted, destination->place))
		return true;
	snprintf(text, text_size, "%s%s0x%jx is at 0x%jx, the shipped code points to 0x%jx",
		 *reloc->symbol->name ? reloc->symbol->name : section->name,
		 reloc->addend < 0 ? "-" : "+",
		 (uintmax_t)(reloc->addend < 0 ? -reloc->addend : reloc->addend),
		 (uintmax_t)wanted.offset, (uintmax_t)destination->place.offset);
	return false;
}

bool placement_check_reloc(const struct placements *placements, const struct elf_reloc *reloc,
			   struct place field, bool strict, char *text, size_t text_size)
{
	const struct elf_symbol *symbol = reloc->symbol;
	struct shipped_target destination;

	if (reloc->type == R_X86_64_NONE)
		return true;
	if (!shipped_destination(placements->shipped, field, reloc->type, &destination)) {
		snprintf(text, text_size, "the shipped code has no such reference there");
		return false;
	}
	if (!symbol || (!symbol->section && symbol->special == SHN_ABS)) {
		uint64_t value = (symbol ? symbol->value : 0) + (uint64_t)reloc->addend;

		if (!destination.is_outside && destination.place.offset == value)
			return true;
		snprintf(text, text_size, "the number 0x%jx is another one", (uintmax_t)value);
		return false;
	}
	if (!symbol->section || symbol->bind == STB_WEAK)
		return check_named(placements, reloc, &destination, text, text_size);
	if ((symbol->section->flags & SHF_MERGE) && !destination.is_outside)
		return check_merged(placements, reloc, destination.place, text, text_size);
	return check_placed(placements, reloc, &destination, strict, text, text_size);
}

/* Bytes of the nop that arch_nop_insn() in tools/objtool/arch/x86/decode.c writes. */
static bool is_objtool_nop(const uint8_t *bytes, unsigned size)
{
	return size == 2 ? !memcmp(bytes, "\x66\x90", 2)
			 : !memcmp(bytes, "\x0f\x1f\x44\x00\x00", 5);
}

/* Length of a jump at this place over which objtool writes a nop later, or 0. */
static unsigned hacked_jump(const struct placements *placements, const struct elf_section *section,
			    uint64_t offset)
{
	for (size_t i = 0; i < placements->row_count; i++) {
		const struct elf_reloc *row = &placements->rows[i];
		uint8_t opcode = section->data[offset];

		if (row->symbol->section == section &&
		    row->symbol->value + (uint64_t)row->addend == offset)
			return opcode == 0xeb ? 2 : opcode == 0xe9 ? 5 : 0;
	}
	return 0;
}

struct check { /* of one range */
	const struct placements *placements;
	const struct elf_section *section;
	struct place base;
	const uint8_t *theirs; /* of the whole section */
	bool strict;
	size_t reloc; /* index of the next one */
	size_t skipped; /* relocations under nops */
	size_t seen; /* relocations checked */
};

static bool differs(struct mismatch *mismatch, const struct elf_section *section, uint64_t offset,
		    const struct elf_reloc *reloc)
{
	mismatch->section = section;
	mismatch->offset = offset;
	mismatch->reloc = reloc;
	return false;
}

/* Skips a nop; returns its length or 0. */
static unsigned skip_nop(struct check *check, uint64_t offset)
{
	const struct elf_relocs *relocs = &check->section->relocs;
	unsigned length = is_text_section(check->section)
				  ? hacked_jump(check->placements, check->section, offset) : 0;

	if (!length || length > check->section->size - offset ||
	    !is_objtool_nop(check->theirs + offset, length))
		return 0;
	while (check->reloc < relocs->count &&
	       relocs->items[check->reloc].offset < offset + length) {
		check->reloc++;
		check->skipped++;
	}
	return length;
}

static bool check_bytes(struct check *check, uint64_t start, uint64_t end,
			struct mismatch *mismatch)
{
	const uint8_t *ours = check->section->data;
	uint64_t offset = start;

	while (offset < end) {
		if (ours[offset] == check->theirs[offset]) {
			offset++;
			continue;
		}

		unsigned length = skip_nop(check, offset);

		if (!length) {
			snprintf(mismatch->text, sizeof(mismatch->text), "the code is another one");
			return differs(mismatch, check->section, offset, NULL);
		}
		offset += length;
	}
	return true;
}

static bool check_one_reloc(struct check *check, struct mismatch *mismatch)
{
	const struct elf_reloc *reloc = &check->section->relocs.items[check->reloc];
	struct place field = check->base;

	field.offset += reloc->offset;
	if (placement_check_reloc(check->placements, reloc, field, check->strict, mismatch->text,
				  sizeof(mismatch->text)))
		return true;
	return differs(mismatch, check->section, reloc->offset, reloc);
}

static bool check_range(struct check *check, uint64_t start, uint64_t end,
			struct mismatch *mismatch)
{
	const struct elf_relocs *relocs = &check->section->relocs;
	size_t first;

	while (check->reloc < relocs->count && relocs->items[check->reloc].offset < start)
		check->reloc++;
	first = check->reloc;
	while (start < end) {
		bool has_reloc = check->reloc < relocs->count &&
				 relocs->items[check->reloc].offset < end;
		size_t before = check->reloc;
		uint64_t stop = has_reloc ? relocs->items[before].offset : end;

		if (stop < start)
			stop = start;
		if (!check_bytes(check, start, stop, mismatch))
			return false;
		if (check->reloc != before) { /* a nop reached over it */
			start = relocs->items[check->reloc - 1].offset + 4;
			continue;
		}
		if (!has_reloc)
			break;
		if (!check_one_reloc(check, mismatch))
			return false;
		start = stop + reloc_size(relocs->items[before].type);
		check->reloc++;
	}

	check->seen = check->reloc - first - check->skipped;
	return true;
}

bool placement_check_at(const struct placements *placements, const struct elf_section *section,
			struct place place, uint64_t start, uint64_t end, bool strict,
			struct mismatch *ret_mismatch)
{
	struct check check = { .placements = placements, .section = section, .base = place,
			       .strict = strict };
	struct place first = place;

	ret_mismatch->text[0] = 0;
	first.offset += start;
	if (!section->data) {
		if (shipped_has(placements->shipped, first, end - start))
			return true;
		snprintf(ret_mismatch->text, sizeof(ret_mismatch->text), "there is no memory there");
		return differs(ret_mismatch, section, start, NULL);
	}
	check.theirs = shipped_bytes(placements->shipped, first, end - start);
	if (!check.theirs) {
		snprintf(ret_mismatch->text, sizeof(ret_mismatch->text),
			 "the shipped file has nothing there");
		return differs(ret_mismatch, section, start, NULL);
	}
	check.theirs -= start;
	if (!check_range(&check, start, end, ret_mismatch))
		return false;
	if (!shipped_module(placements->shipped))
		return true;

	if (check.seen == shipped_reloc_count(placements->shipped, first, end - start))
		return true;
	snprintf(ret_mismatch->text, sizeof(ret_mismatch->text),
		 "the shipped code has another number of references");
	return differs(ret_mismatch, section, start, NULL);
}

bool placement_check(const struct placements *placements, const struct elf_section *section,
		     uint64_t start, uint64_t end, bool strict, struct mismatch *ret_mismatch)
{
	const struct placement *placement = placement_of(placements, section);

	if (placement->kind != PLACEMENT_UNKNOWN)
		return placement_check_at(placements, section, placement->place, start, end, strict,
					  ret_mismatch);
	snprintf(ret_mismatch->text, sizeof(ret_mismatch->text), "%s has no known place%s%s",
		 section->name, placement->why ? ": " : "", placement->why ? placement->why : "");
	return differs(ret_mismatch, section, start, NULL);
}
