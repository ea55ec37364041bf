/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the sections of a unit stand in the kernel that was shipped, and whether what stands there is
 * what the unit's object says.
 *
 * The linker places each section of an object as one piece. So one symbol with a unique name gives
 * the place of its section, and all others must agree. Where no name is unique, the place is the one
 * at which all the section's symbols and all its bytes are found; there must be exactly one. A
 * section without symbols (nameless constants, switch tables) is where the code of the others
 * points, always the same. Symbols' values come from the shipped symbol table and from nowhere else.
 */
#ifndef SUTURE_TARGET_PLACEMENT_H
#define SUTURE_TARGET_PLACEMENT_H

#include "elf/object.h"
#include "target/shipped.h"

enum placement_kind {
	PLACEMENT_UNKNOWN,
	PLACEMENT_SYMBOL, /* by a symbol with a unique name */
	PLACEMENT_NEIGHBOURS, /* only there the section's symbols stand as in the unit */
	PLACEMENT_BYTES, /* and only there its bytes do */
	PLACEMENT_REFERENCE, /* where code that has its place points */
};

struct placement { /* of one section */
	enum placement_kind kind;
	struct place place; /* of the section's first byte */
	const char *why; /* a phrase, why it is not known; NULL */
};

struct placements {
	struct arena *arena; /* of the phrases */
	const struct object *unit; /* borrowed: as the kernel's own build made it */
	const struct shipped *shipped; /* borrowed */
	struct placement *items; /* by the section's index in the unit */
	struct elf_reloc *rows; /* private: branches that objtool turned into nops */
	size_t row_count, row_capacity;
};

/* A difference between a unit and what was shipped. */
struct mismatch {
	const struct elf_section *section; /* of the unit */
	uint64_t offset;
	const struct elf_reloc *reloc; /* that leads elsewhere; NULL: bytes differ */
	char text[240]; /* what differs, a phrase */
};

/* Never fails: what has no place says why. `unit` must not have been changed since it was read. */
void placements_make(const struct object *unit, const struct shipped *shipped,
		     struct placements *ret_placements);
void placements_clear(struct placements *placements);
#define auto_placements __attribute__((cleanup(placements_clear)))

static inline const struct placement *placement_of(const struct placements *placements,
						   const struct elf_section *section)
{
	return &placements->items[section->index];
}

/* Are the bytes from start to end of a section that has a place the shipped ones, and do all
 * relocations lead to what they lead to there? Parts that do not have their place yet are not
 * followed, unless `strict`. */
bool placement_check(const struct placements *placements, const struct elf_section *section,
		     uint64_t start, uint64_t end, bool strict, struct mismatch *ret_mismatch);
/* The same as if the section stood at `place`. */
bool placement_check_at(const struct placements *placements, const struct elf_section *section,
			struct place place, uint64_t start, uint64_t end, bool strict,
			struct mismatch *ret_mismatch);
/* Does this relocation of the unit, applied at the place of its field, lead to the same thing? */
bool placement_check_reloc(const struct placements *placements, const struct elf_reloc *reloc,
			   struct place field, bool strict, char *text, size_t text_size);
/* A section without a place gets the one to which this relocation leads, its field being at `field`
 * in the shipped kernel. False: it leads to no such section, or what is there is another one. */
bool placement_learn(struct placements *placements, const struct elf_reloc *reloc,
		     struct place field);
/* Where a relocation leads in the shipped kernel, by the places of sections and the symbol table.
 * False: to something without a place, or with several. */
bool placement_target(const struct placements *placements, const struct elf_reloc *reloc,
		      struct place *ret_place);
/* The unit's symbol in the shipped symbol table: index into its items; SIZE_MAX if its section has
 * no place or the table does not have that name there. */
size_t placement_symbol(const struct placements *placements, const struct elf_symbol *symbol);

#endif
