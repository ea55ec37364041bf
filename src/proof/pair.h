/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The object that the differ works on against the one that is proven: two compilations of the same
 * source, one with a section for each function and variable. The instructions must be the same and
 * refer to the same things; only what follows from the other order of sections may differ:
 *
 *   - a jump between functions is short in one and near in the other, or resolved by the assembler
 *   - nops that align what follows
 *   - static branches: objtool has run on the proven object where the kernel's build runs it for a
 *     unit, and has written nops (tools/objtool/check.c, handle_jump_alt); compared by their row of
 *     __jump_table
 */
#ifndef SUTURE_PROOF_PAIR_H
#define SUTURE_PROOF_PAIR_H

#include "elf/object.h"
#include "proof/unit_proof.h"

/* Adds what differs to the proof. ERROR_INVALID if the object cannot be read. */
int pair_check(const struct object *plain, const char *original_path,
	       const struct text_list *patched, struct unit_proof *proof, struct error *err);

#endif
