/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine code of a side, read instruction by instruction: how far each relocation is from the end
 * of its instruction, and which references the assembler resolved itself because both ends are in
 * one section. The latter become relocations, so that every atom says all it refers to.
 */
#ifndef SUTURE_DIFF_DECODE_H
#define SUTURE_DIFF_DECODE_H

#include "diff/side.h"

/* Fills section_atoms.tails and adds the missing relocations in all text and fragment sections. */
int decode_text(struct side *side, struct finding_list *findings, struct error *err);

/* Offsets in a fragment section that somebody refers to, ascending, each once, the first one 0.
 * Caller frees. */
int decode_fragment_starts(struct side *side, const struct elf_section *section,
			   uint64_t **ret_starts, size_t *ret_count, struct error *err);

#endif
