/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands at a place of an atom's code, for whoever walks through it. Places are offsets into the section. */
#ifndef SUTURE_DIFF_CODE_H
#define SUTURE_DIFF_CODE_H

#include "diff/side.h"

/* Index of the first relocation from this place on. */
size_t code_reloc_from(const struct atom *atom, uint64_t at);
/* The first relocation in the instruction, or NULL. */
const struct elf_reloc *code_reloc_in(const struct atom *atom, uint64_t at, unsigned length);
/* Alternative code may do at this place what the code here does not show. */
bool code_has_alternative(const struct atom *atom, uint64_t at);
/* A jump label: the jump may be a no-operation at other times. */
bool code_is_label(const struct atom *atom, uint64_t at);
/* An edge that the instruction does not show: a jump label, or where an exception goes on. */
bool code_is_edge(const struct atom *atom, const struct row *row, uint64_t at);
/* Where it goes; false: nobody knows. */
bool code_edge_target(const struct row *row, struct target *ret_target);

#endif
