/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An object's functions as lists of instructions, and where each of them refers to. Private. */
#ifndef SUTURE_PROOF_LISTING_H
#define SUTURE_PROOF_LISTING_H

#include "base/map.h"
#include "elf/instruction.h"
#include "elf/object.h"

struct line { /* one instruction */
	uint64_t offset; /* into the section */
	struct instruction instruction;
	const struct elf_reloc *relocs; /* in it */
	size_t reloc_count;
	const struct elf_reloc *jump_row; /* three, if __jump_table has a row about it */
	bool is_fentry; /* the call of __fentry__, or the nop that objtool writes over it */
};

struct function { /* nops that nobody refers to are left out */
	const char *name;
	const struct elf_section *section;
	uint64_t start, end;
	struct line *lines;
	size_t count;
};

struct listing {
	struct arena *arena;
	const struct object *object; /* borrowed */
	struct map *by_name; /* function name -> struct function */
	struct function *functions;
	size_t count;
};

void listing_make(const struct object *object, struct listing *ret_listing);
void listing_clear(struct listing *listing);
#define auto_listing __attribute__((cleanup(listing_clear)))

/* The function around an offset of a text section, or NULL. */
const struct function *listing_at(const struct listing *listing, const struct elf_section *section,
				  uint64_t offset);
/* Number of the instruction at the offset or of the first behind it. */
size_t function_line(const struct function *function, uint64_t offset);

#endif
