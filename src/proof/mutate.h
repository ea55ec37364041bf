/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small wrong modules, of every kind that still loads, made from a right one; and whether the audit
 * finds each. A test of the audit, by the audit's own means.
 *
 * Kinds: relocation retargeted or left out, addend off, wrong number of a namesake, a function left out
 * of the table or given another's code, a row of a special section dropped or doubled, the sense of a
 * static key flipped, wrong section flags, a bit of code, a bit or a pointer more in the tables of the
 * patch and in struct module, alignment, a section, a symbol or a fact of .modinfo more.
 */
#ifndef SUTURE_PROOF_MUTATE_H
#define SUTURE_PROOF_MUTATE_H

#include "proof/audit.h"

#define MUTATION_KINDS 19

struct mutation_kind {
	const char *name; /* static */
	size_t made, found;
};

struct mutation_report {
	struct mutation_kind kinds[MUTATION_KINDS];
	size_t count;
	struct text_list missed; /* kind and place of each mutant that passed; the owner clears */
};

/* `request` is about the module as it is, which must pass; its manifest is not used, since a digest
 * finds everything. Mutants are written to the path `mutant`, one after the other. The same seed makes
 * the same mutants. *ret_report is filled also on failure, as far as it went. */
int module_mutate(const struct audit_request *request, const char *mutant, uint64_t seed,
		  struct mutation_report *ret_report, struct error *err);

#endif
