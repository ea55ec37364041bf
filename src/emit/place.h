/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where things go in the emitted object: atoms, rows, copies of texts and constants. */
#ifndef SUTURE_EMIT_PLACE_H
#define SUTURE_EMIT_PLACE_H

#include "diff/side.h"
#include "elf/object.h"

struct placed { /* atom.user */
	struct elf_section *section;
	uint64_t offset; /* of the atom's start in it */
	struct elf_symbol *symbol; /* the atom's own; NULL for a nameless one */
	uint64_t entry; /* of the symbol, from the atom's start */
};

static inline struct placed *placed_of(const struct atom *atom)
{
	return atom->user;
}

/* Bytes and symbols, no relocations. */
void place_atom(struct object *out, struct atom *atom);
/* Returns the row's offset in its section. */
uint64_t place_row(struct object *out, const struct row *row, struct elf_section **ret_section);
/* A copy of a text or constant of the new object; the same bytes are placed once. */
uint64_t place_copy(struct object *out, const struct target *target,
		    struct elf_section **ret_section);
/* A text with a zero behind. */
uint64_t place_text(struct object *out, const char *text, struct elf_section **ret_section);

#endif
