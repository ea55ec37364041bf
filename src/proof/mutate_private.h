/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of mutate.h share. Private to src/proof. */
#ifndef SUTURE_PROOF_MUTATE_PRIVATE_H
#define SUTURE_PROOF_MUTATE_PRIVATE_H

#include "proof/mutate.h"

struct mutating {
	const struct audit_request *request; /* of the module as it is */
	const char *mutant; /* path to write to */
	uint64_t random;
	struct mutation_report *report;
	struct mutation_kind *kind; /* that is being made, in the report */
};

struct site { /* a relocation of the module, in one of its two kinds of tables */
	struct elf_section *section;
	struct elf_relocs *relocs;
	size_t index;
};

/* Makes one change of its kind, at the site if it is one of a relocation. False: not here; then nothing
 * was changed. */
typedef bool mutate_fn(struct mutating *mutating, struct object *object, struct site *site,
		       const char **ret_where, uint64_t *ret_offset);

#define MUTATE_SITE_KINDS 15

/* mutate_kinds.c */
extern const struct mutate_site_kind {
	const char *name;
	mutate_fn *mutate;
} mutate_site_kinds[MUTATE_SITE_KINDS];

/* The same seed makes the same mutants. */
uint64_t mutate_random(struct mutating *mutating);

#endif
