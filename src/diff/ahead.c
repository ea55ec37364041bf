// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/ahead.h"

#include "base/memory.h"
#include "base/text.h"
#include "diff/code.h"
#include "elf/effect.h"

#define PARTS_LIMIT 8 /* a function and its cold parts */
#define SIZE_LIMIT ((uint64_t)1 << 20) /* bytes of a part */

#define BEGINS 1 /* an instruction that was looked at, or is in the list */
#define COVERED 2 /* a byte of one */

struct place {
	unsigned part;
	uint64_t at; /* offset into the section */
};

struct ahead {
	const struct atom *parts[PARTS_LIMIT];
	uint8_t *bytes[PARTS_LIMIT]; /* of each part, for each byte */
	unsigned part_count;
	struct place *todo;
	size_t todo_count, todo_capacity;
	bool is_lost; /* nobody can tell where it goes */
};

static void add_part(struct ahead *ahead, const struct atom *atom)
{
	if (ahead->part_count == PARTS_LIMIT || !atom->section->data ||
	    atom->end - atom->start > SIZE_LIMIT) {
		ahead->is_lost = true;
		return;
	}
	ahead->parts[ahead->part_count] = atom;
	ahead->bytes[ahead->part_count++] = xcalloc(atom->end - atom->start + 1, 1);
}

struct ahead *ahead_new(const struct atom *function)
{
	struct ahead *ahead = xcalloc(1, sizeof(*ahead));
	const struct side *side = function->side;

	add_part(ahead, function);
	for (size_t i = 0; i < side->atom_count; i++)
		if (side->atoms[i]->parent == function)
			add_part(ahead, side->atoms[i]);
	return ahead;
}

void ahead_free(struct ahead *ahead)
{
	if (!ahead)
		return;
	for (unsigned i = 0; i < ahead->part_count; i++)
		free(ahead->bytes[i]);
	free(ahead->todo);
	free(ahead);
}

/* False if the place is not in the function. */
static bool visit(struct ahead *ahead, const struct elf_section *section, int64_t at)
{
	for (unsigned i = 0; i < ahead->part_count; i++) {
		const struct atom *part = ahead->parts[i];
		uint8_t *byte;

		if (part->section != section || at < (int64_t)part->start || at >= (int64_t)part->end)
			continue;
		byte = &ahead->bytes[i][(uint64_t)at - part->start];
		if (*byte & BEGINS)
			return true;
		*byte |= BEGINS;
		ARRAY_GROW(ahead->todo, ahead->todo_capacity, ahead->todo_count + 1);
		ahead->todo[ahead->todo_count++] = (struct place){ i, (uint64_t)at };
		return true;
	}
	return false;
}

static bool visit_target(struct ahead *ahead, const struct target *target)
{
	return target->kind == TARGET_ATOM &&
	       visit(ahead, target->atom->section, (int64_t)target->atom->start + target->offset);
}

void ahead_from(struct ahead *ahead, const struct atom *part, uint64_t at)
{
	/* Behind a call at the end there is nothing: it does not return. */
	if (at < part->end && !visit(ahead, part->section, (int64_t)at))
		ahead->is_lost = true;
}

/* False: nobody knows where the edge goes. */
static bool visit_rows(struct ahead *ahead, const struct atom *atom, uint64_t at)
{
	for (const struct row *row = atom->rows; row; row = row->next) {
		struct target target;

		if (code_is_edge(atom, row, at) &&
		    !(code_edge_target(row, &target) && visit_target(ahead, &target)))
			return false;
	}
	return true;
}

/* A jump that leaves the function ends the way, but for one through a register, which may come back. */
static bool jump(struct ahead *ahead, const struct atom *atom, uint64_t at,
		 const struct effect *effect)
{
	const struct elf_reloc *reloc = code_reloc_in(atom, at, effect->length);
	struct target target;
	struct error ignored;

	if (!effect->is_relative)
		return false;
	if (!reloc)
		return visit(ahead, atom->section,
			     (int64_t)(at + effect->length) + effect->target);
	if (target_of(atom->section, reloc, &target, &ignored) < 0)
		return false;
	if (target.kind == TARGET_OUTSIDE)
		return !has_prefix(target.symbol->name, "__x86_indirect_");
	return visit_target(ahead, &target) ||
	       (target.kind == TARGET_ATOM && target.atom->is_function);
}

static bool step(struct ahead *ahead, struct place place)
{
	const struct atom *atom = ahead->parts[place.part];
	uint64_t next;
	struct effect effect;

	if (!effect_decode(atom->section->data + place.at, atom->end - place.at, &effect))
		return false;
	for (unsigned i = 0; i < effect.length; i++)
		ahead->bytes[place.part][place.at - atom->start + i] |= COVERED;
	if (code_has_alternative(atom, place.at) || !visit_rows(ahead, atom, place.at))
		return false;
	if (effect.kind == EFFECT_RETURN)
		return true;
	if ((effect.kind == EFFECT_JUMP || effect.kind == EFFECT_JUMP_IF) &&
	    !jump(ahead, atom, place.at, &effect))
		return false;
	if (effect.kind == EFFECT_JUMP && !code_is_label(atom, place.at))
		return true;
	next = place.at + effect.length;
	if (next >= atom->end)
		return effect.kind == EFFECT_CALL || effect.kind == EFFECT_TRAP;
	return visit(ahead, atom->section, (int64_t)next);
}

bool ahead_has(struct ahead *ahead, const struct atom *part, uint64_t at)
{
	while (ahead->todo_count && !ahead->is_lost)
		ahead->is_lost = !step(ahead, ahead->todo[--ahead->todo_count]);
	for (unsigned i = 0; i < ahead->part_count; i++)
		if (ahead->parts[i] == part && at >= part->start && at < part->end)
			return ahead->is_lost || (ahead->bytes[i][at - part->start] & COVERED);
	return true;
}
