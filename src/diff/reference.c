// SPDX-License-Identifier: GPL-2.0-or-later
/* What a relocation of carried code will be: the policy of "what comes along". */
#include <string.h>

#include "diff/changeset.h"
#include "diff/judge.h"

uint64_t atom_entry(const struct atom *atom)
{
	return atom->symbol ? atom->symbol->value - atom->start : 0;
}

static bool is_family(const struct atom *a, const struct atom *b)
{
	const struct atom *x = a->parent ? a->parent : a, *y = b->parent ? b->parent : b;

	return x == y;
}

static int refuse(struct changeset *changeset, enum rule_id rule, const struct atom *from,
		  const struct atom *to, const char *detail)
{
	finding_add(&changeset->findings, rule, changeset->unit, atom_text(from), NULL,
		    "it refers to %s: %s", atom_text(to), detail);
	return -1;
}

static int refuse_new_row(struct changeset *changeset, const struct atom *from,
			  const struct atom *to)
{
	struct finding *finding = finding_add(&changeset->findings, RULE_DATA_CHANGED,
					      changeset->unit, atom_text(from), NULL,
					      "it refers to %s: %s", atom_text(to),
					      NEW_ROW_DETAIL);

	finding->advice = NEW_ROW_ADVICE;
	return -1;
}

static void carried(struct reference *reference, struct atom *atom)
{
	reference->kind = REFERENCE_CARRIED;
	reference->atom = atom;
}

static void original(struct reference *reference, struct atom *atom)
{
	reference->kind = REFERENCE_ORIGINAL;
	reference->atom = atom->twin;
}

/* The compiler puts ENDBR only where somebody may take the address (-fcf-protection=branch). */
static bool has_endbr(const struct atom *atom)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	uint64_t entry = atom->start + atom_entry(atom);

	return atom->section->data && entry + sizeof(endbr64) <= atom->section->size &&
	       !memcmp(atom->section->data + entry, endbr64, sizeof(endbr64));
}

static bool is_nameless(const struct atom *atom)
{
	return atom->kind == SECTION_FRAGMENT || (atom->kind == SECTION_CONST && !atom->symbol);
}

/*
 * A function's address is always the original's, also where the function is replaced and also from
 * within itself: whoever compares or keeps the address gets the one that everybody knows, and a call
 * goes through the redirection that is in force for the task that calls.
 */
static int to_function(struct changeset *changeset, const struct atom *from, const struct row *row,
		       bool is_call, struct reference *reference)
{
	struct atom *to = reference->target.atom;
	bool is_entry = reference->offset == (int64_t)atom_entry(to);

	if (is_family(from, to) && (row || !is_entry || to->parent)) {
		carried(reference, to);
		return 0;
	}
	/* A piece of alternative code jumps back to where it belongs, a jump table names places. */
	if (is_nameless(from) && !is_entry && to->is_carried) {
		carried(reference, to);
		return 0;
	}
	if (to->state == ATOM_NEW) {
		carried(reference, to);
		return 0;
	}
	if (is_entry && to->twin) {
		if (!is_call && has_endbr(to) && !has_endbr(to->twin))
			carried(reference, to); /* nobody has an address that could be compared */
		else
			original(reference, to);
		return 0;
	}
	return refuse(changeset, RULE_MALFORMED, from, to, "the middle of another function");
}

static int to_data(struct changeset *changeset, const struct atom *from,
		   struct reference *reference)
{
	struct atom *to = reference->target.atom;

	if (to->is_special_static || to->kind == SECTION_FRAGMENT ||
	    to->kind == SECTION_DESCRIPTOR) {
		carried(reference, to);
		return 0;
	}
	if (to->twin) {
		original(reference, to);
		return 0;
	}
	if (to->is_ambiguous && to->kind != SECTION_CONST)
		return refuse(changeset, RULE_AMBIGUOUS_LOCAL, from, to,
			      "it cannot be told which of several variables of this name it is");
	if (to->kind == SECTION_FIXED)
		return refuse_new_row(changeset, from, to);
	carried(reference, to);
	return 0;
}

static int to_atom(struct changeset *changeset, const struct atom *from, const struct row *row,
		   bool is_call, struct reference *reference)
{
	const struct atom *to = reference->target.atom;

	reference->offset = reference->target.offset;
	if (to->kind == SECTION_INIT_TEXT || to->kind == SECTION_INIT_DATA)
		return refuse(changeset, RULE_INIT_CODE, from, to, "it is gone after boot");
	if (to->is_function)
		return to_function(changeset, from, row, is_call, reference);
	return to_data(changeset, from, reference);
}

int reference_of(struct changeset *changeset, const struct atom *from, const struct row *row,
		 const struct elf_reloc *reloc, struct reference *ret_reference)
{
	const struct elf_section *section = row ? row->section : from->section;
	struct reference reference = { .kind = REFERENCE_NUMBER };
	struct error err;
	int result = 0;

	if (target_of(section, reloc, &reference.target, &err) < 0) {
		finding_add(&changeset->findings, RULE_MALFORMED, changeset->unit, atom_text(from),
			    section->name, "%s", err.msg);
		return -1;
	}
	reference.offset = reference.target.offset;
	switch (reference.target.kind) {
	case TARGET_NONE:
	case TARGET_ABSOLUTE:
		break;
	case TARGET_OUTSIDE:
		reference.kind = REFERENCE_OUTSIDE;
		break;
	case TARGET_TEXT:
	case TARGET_CONSTANT:
		reference.kind = REFERENCE_COPY;
		break;
	case TARGET_ATOM:
		result = to_atom(changeset, from, row, reloc_is_branch(section, reloc), &reference);
		break;
	}
	*ret_reference = reference;
	return result;
}
