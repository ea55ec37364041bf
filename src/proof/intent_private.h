/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of intent.h share: the pieces of a patch, and where each of them is in the module. */
#ifndef SUTURE_PROOF_INTENT_PRIVATE_H
#define SUTURE_PROOF_INTENT_PRIVATE_H

#include "proof/audit_private.h"
#include "target/placement.h"

struct spot { /* in the module */
	const struct elf_section *section;
	uint64_t offset;
};

struct piece { /* a carried atom */
	const struct atom *atom;
	size_t unit; /* index into the intent's units */
	struct spot spot; /* of its start in the module; section NULL: not found yet */
	bool is_checked;
};

struct intent_check {
	struct audit_work *work;
	const struct intent *intent;
	struct piece *pieces;
	size_t count, capacity;
	struct map *by_atom; /* address of the atom, printed -> struct piece */
	struct placements *placements; /* of each unit's plain object */
	struct object **plains;
	struct map *copies; /* names of sections that hold copied texts and constants */
	size_t functions; /* replaced ones found */
};

/* intent_piece.c */
void intent_add_pieces(struct intent_check *check);
/* Of the loader's relocations and of livepatch's; NULL: none there. */
const struct elf_reloc *intent_reloc(const struct intent_check *check, struct spot spot);
size_t intent_count_relocs(const struct intent_check *check, struct spot spot, uint64_t size);
/* A piece is where the first reference to it leads; all others must lead there too. */
bool intent_is_piece(const struct intent_check *check, const struct atom *atom, struct spot start);
/* Bytes outside of relocations, and the relocations. */
void intent_check_piece(const struct intent_check *check, const struct piece *piece);

/* As much as the place in the patch's section is. */
bool intent_is_aligned(const struct elf_section *ours, uint64_t start, struct spot spot);

/* intent_reference.c */
/* Index of the running kernel's symbol that is meant by a symbol of the original unit. */
size_t intent_own_index(const struct intent_check *check, size_t unit,
			const struct elf_symbol *symbol);
/* Index of the symbol that a livepatch symbol's name finds. Quiet: klp-symbols has looked at it. */
size_t intent_found_index(const struct symbol_table *table, const char *name, uint64_t sympos);
bool intent_is_symbol(const struct intent_check *check, size_t unit, const struct elf_symbol *found,
		      const char *name, size_t wanted);
/* Does the module's relocation at the field do what the piece's does? `row`: that holds it, or NULL. */
bool intent_is_right_reloc(const struct intent_check *check, const struct piece *piece,
			   const struct row *row, const struct elf_reloc *wanted, struct spot field);

/* intent_rows.c */
void intent_check_rows_of(const struct intent_check *check, const struct piece *piece);
/* No row is about code of the patch that no piece of the patch has. */
void intent_check_row_counts(const struct intent_check *check);
/* The tables that objtool made. */
void intent_check_processed(const struct intent_check *check);

#endif
