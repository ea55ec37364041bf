// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/placement.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

void placements_clear(struct placements *placements)
{
	free(placements->items);
	free(placements->rows);
	arena_free(placements->arena);
	*placements = (struct placements){ 0 };
}

/* A weak symbol may stand elsewhere; labels of the assembler are in no table. */
static bool counts(const struct placements *placements, const struct elf_symbol *symbol)
{
	return *symbol->name && symbol->bind != STB_WEAK && strncmp(symbol->name, ".L", 2) &&
	       symbol_count(shipped_symbols(placements->shipped), symbol->name) > 0;
}

static struct place place_add(struct place place, uint64_t offset)
{
	place.offset += offset;
	return place;
}

size_t placement_symbol(const struct placements *placements, const struct elf_symbol *symbol)
{
	const struct symbol_table *table = shipped_symbols(placements->shipped);
	const struct placement *placement;
	struct place place, wanted;

	if (!symbol->section)
		return SIZE_MAX;
	placement = placement_of(placements, symbol->section);
	if (placement->kind == PLACEMENT_UNKNOWN)
		return SIZE_MAX;
	wanted = place_add(placement->place, symbol->value);
	for (size_t i = symbol_first(table, symbol->name); i != SIZE_MAX;
	     i = symbol_next(table, i))
		if (shipped_symbol_place(placements->shipped, i, &place) &&
		    is_same_place(place, wanted))
			return i;
	return SIZE_MAX;
}

/* Does the table have this name at this place? */
static bool has_symbol(const struct placements *placements, const char *name, struct place wanted)
{
	const struct symbol_table *table = shipped_symbols(placements->shipped);
	struct place place;

	for (size_t i = symbol_first(table, name); i != SIZE_MAX; i = symbol_next(table, i))
		if (shipped_symbol_place(placements->shipped, i, &place) &&
		    is_same_place(place, wanted))
			return true;
	return false;
}

/* First the symbols whose name nobody else has. */
static void place_by_unique(struct placements *placements, const struct elf_section *section)
{
	const struct symbol_table *table = shipped_symbols(placements->shipped);
	struct placement *placement = &placements->items[section->index];
	const char *first = NULL;

	for (size_t i = 0; i < section->symbol_count; i++) {
		const struct elf_symbol *symbol = section->symbols[i];
		struct place place;

		if (!counts(placements, symbol) || symbol_count(table, symbol->name) != 1 ||
		    !shipped_symbol_place(placements->shipped, symbol_first(table, symbol->name),
					  &place))
			continue;
		place.offset -= symbol->value;
		if (!first) {
			first = symbol->name;
			placement->place = place;
			placement->kind = PLACEMENT_SYMBOL;
		} else if (!is_same_place(place, placement->place)) {
			placement->kind = PLACEMENT_UNKNOWN;
			placement->why = arena_printf(placements->arena,
						      "%s and %s are not as far from each other as in the shipped kernel",
						      first, symbol->name);
			return;
		}
	}
}

/* All symbols that count must be found at their distance. */
static bool fits(const struct placements *placements, const struct elf_section *section,
		 struct place base)
{
	for (size_t i = 0; i < section->symbol_count; i++) {
		const struct elf_symbol *symbol = section->symbols[i];

		if (counts(placements, symbol) &&
		    !has_symbol(placements, symbol->name, place_add(base, symbol->value)))
			return false;
	}
	return true;
}

static const struct elf_symbol *any_symbol(const struct placements *placements,
					   const struct elf_section *section)
{
	for (size_t i = 0; i < section->symbol_count; i++)
		if (counts(placements, section->symbols[i]))
			return section->symbols[i];
	return NULL;
}

/* A name that several have: the places where all neighbours fit; if they are several, those where
 * the bytes do. */
static void place_by_trying(struct placements *placements, const struct elf_section *section)
{
	const struct symbol_table *table = shipped_symbols(placements->shipped);
	struct placement *placement = &placements->items[section->index];
	const struct elf_symbol *anchor = any_symbol(placements, section);
	struct place fitting = { 0 }, equal = { 0 }, base;
	size_t fitting_count = 0, equal_count = 0;
	struct mismatch mismatch;

	if (!anchor)
		return;
	for (size_t i = symbol_first(table, anchor->name); i != SIZE_MAX; i = symbol_next(table, i)) {
		if (!shipped_symbol_place(placements->shipped, i, &base))
			continue;
		base.offset -= anchor->value;
		if (!fits(placements, section, base))
			continue;
		fitting = base;
		fitting_count++;
		if (!section->data || !placement_check_at(placements, section, base, 0, section->size,
							  false, &mismatch))
			continue;
		equal = base;
		equal_count++;
	}
	if (fitting_count == 1 || equal_count == 1) {
		placement->place = fitting_count == 1 ? fitting : equal;
		placement->kind = fitting_count == 1 ? PLACEMENT_NEIGHBOURS : PLACEMENT_BYTES;
		return;
	}
	placement->why = arena_printf(placements->arena,
				      "of %zu symbols %s, %zu have the neighbours that it has here, and %zu of those its bytes",
				      symbol_count(table, anchor->name), anchor->name, fitting_count,
				      equal_count);
}

/* A section that a reference leads to, and whose own names do not say where it is, must be there; it
 * is believed only if all its symbols, if it has any, stand there in the table. */
bool placement_learn(struct placements *placements, const struct elf_reloc *reloc,
		     struct place field)
{
	const struct elf_section *section = reloc->symbol ? reloc->symbol->section : NULL;
	struct shipped_target destination;
	struct placement *placement;
	struct mismatch mismatch;
	struct place base;

	if (!section || (section->flags & SHF_MERGE) || !(section->flags & SHF_ALLOC))
		return false;
	placement = &placements->items[section->index];
	if (placement->kind != PLACEMENT_UNKNOWN || reloc->symbol->bind == STB_WEAK ||
	    !shipped_destination(placements->shipped, field, reloc->type, &destination) ||
	    destination.is_outside)
		return false;
	base = destination.place;
	base.offset -= (uint64_t)reloc->addend + reloc->symbol->value;
	if (!shipped_has(placements->shipped, base, section->size) ||
	    !fits(placements, section, base))
		return false;
	/* The table of rows is not sorted as ours: only the right row leads to the right bytes. */
	if (!section->symbol_count && is_text_section(section) &&
	    !placement_check_at(placements, section, base, 0, section->size, false, &mismatch))
		return false;
	placement->place = base;
	placement->kind = PLACEMENT_REFERENCE;
	placement->why = NULL;
	return true;
}

static bool follow_references(struct placements *placements)
{
	bool found = false;

	for (size_t i = 0; i < placements->unit->section_count; i++) {
		const struct elf_section *section = placements->unit->sections[i];

		if (placements->items[i].kind == PLACEMENT_UNKNOWN ||
		    (section->flags & SHF_MERGE))
			continue;
		for (size_t k = 0; k < section->relocs.count; k++)
			found |= placement_learn(placements, &section->relocs.items[k],
						 place_add(placements->items[i].place,
							   section->relocs.items[k].offset));
	}
	return found;
}

static bool has_place(const struct elf_section *section)
{
	return (section->flags & SHF_ALLOC) && !(section->flags & SHF_MERGE) && section->size;
}

/* HAVE_JUMP_LABEL_HACK (asm/jump_label.h): a static branch is compiled as a jump with 2 added to its
 * key, and objtool writes a nop of its length over it (tools/objtool/check.c, handle_jump_alt). It
 * has not run yet on a unit where the kernel runs it on all of vmlinux.o or of a module at once. */
static void find_hacked_jumps(struct placements *placements)
{
	const struct elf_section *rows = object_find_section(placements->unit, "__jump_table");

	for (size_t i = 0; rows && i + 2 < rows->relocs.count; i += 3) {
		const struct elf_reloc *code = &rows->relocs.items[i];

		if (!(rows->relocs.items[i + 2].addend & 2) || !code->symbol ||
		    !code->symbol->section)
			continue;
		ARRAY_GROW(placements->rows, placements->row_capacity, placements->row_count + 1);
		placements->rows[placements->row_count++] = *code;
	}
}

void placements_make(const struct object *unit, const struct shipped *shipped,
		     struct placements *ret_placements)
{
	struct placements *placements = ret_placements;

	*placements = (struct placements){ .arena = arena_new(), .unit = unit, .shipped = shipped };
	placements->items = xcalloc(unit->section_count + 1, sizeof(*placements->items));
	find_hacked_jumps(placements);
	for (size_t i = 0; i < unit->section_count; i++)
		if (has_place(unit->sections[i]))
			place_by_unique(placements, unit->sections[i]);
	follow_references(placements);
	for (size_t i = 0; i < unit->section_count; i++)
		if (has_place(unit->sections[i]) && !placements->items[i].why &&
		    placements->items[i].kind == PLACEMENT_UNKNOWN)
			place_by_trying(placements, unit->sections[i]);
	while (follow_references(placements))
		;
}

bool placement_target(const struct placements *placements, const struct elf_reloc *reloc,
		      struct place *ret_place)
{
	const struct elf_symbol *symbol = reloc->symbol;

	if (!symbol || !symbol->section || symbol->bind == STB_WEAK ||
	    placement_of(placements, symbol->section)->kind == PLACEMENT_UNKNOWN)
		return false;
	*ret_place = place_add(placement_of(placements, symbol->section)->place,
			       symbol->value + (uint64_t)reloc->addend);
	return true;
}
