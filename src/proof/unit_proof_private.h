/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of unit_proof.h share. */
#ifndef SUTURE_PROOF_UNIT_PROOF_PRIVATE_H
#define SUTURE_PROOF_UNIT_PROOF_PRIVATE_H

#include "proof/unit_proof.h"

struct proof_work {
	const struct unit_proof_request *request;
	struct unit_proof *proof;
	struct object *plain;
	struct placements placements;
};

struct subject { /* a function or variable that is compared */
	const char *name;
	const struct elf_section *section; /* of the plain object */
	uint64_t start, end;
	bool is_function;
	bool is_patched;
};

struct proof_difference *proof_add(struct unit_proof *proof, const struct subject *subject,
				   uint64_t offset, const char *text);
/* Assembly of both sides around a difference; `place`: of the section's first byte as shipped. */
void side_by_side(const struct proof_work *work, const struct subject *subject, struct place place,
		  uint64_t offset, char **ret_ours, char **ret_theirs);
/* proof/rows.c: the rows that the unit has in tables of the kernel. */
void proof_check_rows(struct proof_work *work);

#endif
