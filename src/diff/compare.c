// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/compare.h"

#include <string.h>

#define DEPTH_LIMIT 32 /* nameless things that refer to nameless things */

struct compare {
	unsigned depth;
	const char *why; /* the first difference, in the new side's arena */
	struct error *err;
};

static int same_atom(struct compare *compare, const struct atom *old, const struct atom *new);

#define differ(compare, atom, ...)                                                           \
	((compare)->why = arena_printf((atom)->side->object->arena, __VA_ARGS__), 0)

/* "foo+0x10" for messages. */
static const char *target_text(struct arena *arena, const struct target *target)
{
	switch (target->kind) {
	case TARGET_OUTSIDE:
		return arena_printf(arena, "%s%+jd", target->symbol->name,
				    (intmax_t)target->offset);
	case TARGET_ATOM:
		return arena_printf(arena, "%s%+jd", atom_text(target->atom),
				    (intmax_t)target->offset);
	case TARGET_TEXT:
		return arena_printf(arena, "the text \"%.40s\"", (const char *)target->bytes);
	case TARGET_CONSTANT:
		return "a constant";
	default:
		return arena_printf(arena, "the number %#jx", (uintmax_t)target->offset);
	}
}

/* Things without an identity of their own: equal if they say the same. */
static bool is_by_content(const struct atom *atom)
{
	if (atom->twin)
		return false;
	return !atom->symbol || atom->is_special_static ||
	       (atom->is_numbered && atom->kind == SECTION_CONST);
}

/* 1 same, 0 not, -1 error. */
static int same_target(struct compare *compare, const struct target *old,
		       const struct target *new)
{
	if (old->kind != new->kind)
		return 0;
	switch (old->kind) {
	case TARGET_NONE:
	case TARGET_ABSOLUTE:
		return old->offset == new->offset;
	case TARGET_OUTSIDE:
		return old->offset == new->offset && !strcmp(old->symbol->name, new->symbol->name);
	case TARGET_TEXT:
	case TARGET_CONSTANT:
		return old->size == new->size && !memcmp(old->bytes, new->bytes, old->size);
	case TARGET_ATOM:
		break;
	}
	if (old->offset != new->offset)
		return 0;
	if (new->atom->twin)
		return new->atom->twin == old->atom;
	if (!is_by_content(old->atom) || !is_by_content(new->atom) ||
	    strcmp(old->atom->base, new->atom->base) || old->atom->kind != new->atom->kind)
		return 0;
	if (compare->depth >= DEPTH_LIMIT)
		return 0;
	compare->depth++;

	int same = same_atom(compare, old->atom, new->atom);

	compare->depth--;
	return same;
}

static int same_relocs(struct compare *compare, const struct atom *old, const struct atom *new)
{
	struct arena *arena = new->side->object->arena;

	for (size_t i = 0; i < new->reloc_count && i < old->reloc_count; i++) {
		const struct elf_reloc *a = &old->relocs[i], *b = &new->relocs[i];
		struct target x, y;

		if (target_of(old->section, a, &x, compare->err) < 0 ||
		    target_of(new->section, b, &y, compare->err) < 0)
			return -1;

		int same = a->offset - old->start == b->offset - new->start && a->type == b->type ?
				   same_target(compare, &x, &y) :
				   0;

		if (same < 0)
			return -1;
		if (!same)
			return differ(compare, new, "refers to %s instead of %s at 0x%jx",
				      target_text(arena, &y), target_text(arena, &x),
				      (uintmax_t)(b->offset - new->start));
	}
	return 1;
}

/* The new code may rely on an alignment that the running kernel's variable does not have. Variables
 * that share a section do not show what they ask for; one that got a section of its own does. */
static bool wants_alignment(const struct atom *old, const struct atom *new)
{
	return new->kind == SECTION_DATA && new->section->align > old->section->align &&
	       (atoms_of(new->section)->count == 1 ||
		strcmp(old->section->name, new->section->name));
}

static int same_atom(struct compare *compare, const struct atom *old, const struct atom *new)
{
	uint64_t size = new->end - new->start;

	if (old->end - old->start != size)
		return differ(compare, new, "%ju bytes instead of %ju", (uintmax_t)size,
			      (uintmax_t)(old->end - old->start));
	if ((old->section->data == NULL) != (new->section->data == NULL) ||
	    (old->section->flags & (SHF_WRITE | SHF_EXECINSTR)) !=
		    (new->section->flags & (SHF_WRITE | SHF_EXECINSTR)) ||
	    !section_is_same_memory(old->section, new->section))
		return differ(compare, new, "moved from section %s to %s", old->section->name,
			      new->section->name);
	if (wants_alignment(old, new))
		return differ(compare, new, "its alignment grew to %ju",
			      (uintmax_t)new->section->align);
	if (new->section->data)
		for (uint64_t i = 0; i < size; i++)
			if (old->section->data[old->start + i] != new->section->data[new->start + i])
				return differ(compare, new, "different from byte 0x%jx on",
					      (uintmax_t)i);
	if (old->reloc_count != new->reloc_count)
		return differ(compare, new, "%zu relocations instead of %zu", new->reloc_count,
			      old->reloc_count);
	return same_relocs(compare, old, new);
}

static bool same_row_bytes(const struct row *old, const struct row *new)
{
	const struct section_rule *rule = atoms_of(new->section)->rule;
	const uint8_t *a = old->section->data + old->offset;
	const uint8_t *b = new->section->data + new->offset;

	for (uint64_t i = 0; i < new->size; i++)
		if (a[i] != b[i] &&
		    (i < rule->skip_offset || i >= rule->skip_offset + rule->skip_size))
			return false;
	return true;
}

static int same_row(struct compare *compare, const struct row *old, const struct row *new)
{
	if (strcmp(old->section->name, new->section->name) || old->place != new->place ||
	    old->size != new->size || old->reloc_count != new->reloc_count ||
	    !same_row_bytes(old, new))
		return 0;
	for (size_t i = 1; i < new->reloc_count; i++) {
		struct target x, y;

		if (target_of(old->section, &old->relocs[i], &x, compare->err) < 0 ||
		    target_of(new->section, &new->relocs[i], &y, compare->err) < 0)
			return -1;

		int same = same_target(compare, &x, &y);

		if (same <= 0)
			return same;
	}
	return 1;
}

/* What only objtool reads goes with the bytes and is not compared. */
static const struct row *skip_discarded(const struct row *row)
{
	while (row && atoms_of(row->section)->rule->discarded)
		row = row->next;
	return row;
}

static int same_rows(struct compare *compare, const struct atom *old, const struct atom *new)
{
	const struct row *a = skip_discarded(old->rows), *b = skip_discarded(new->rows);

	for (; a && b; a = skip_discarded(a->next), b = skip_discarded(b->next)) {
		int same = same_row(compare, a, b);

		if (same < 0)
			return -1;
		if (!same)
			return differ(compare, new, "its row in %s differs", b->section->name);
	}
	if (a || b)
		return differ(compare, new, "a row in %s came or went",
			      (a ? a : b)->section->name);
	return 1;
}

int compare_content(const struct atom *old, const struct atom *new, const char **ret_why,
		    struct error *err)
{
	struct compare compare = { .err = err };
	int same = same_atom(&compare, old, new);

	if (same > 0)
		same = same_rows(&compare, old, new);
	if (same < 0)
		return -1;
	*ret_why = same ? NULL : compare.why ? compare.why : "it differs";
	return 0;
}

static void mark(struct atom *atom, enum atom_state state, const char *why)
{
	atom->state = state;
	atom->why = why;
	if (atom->twin) {
		atom->twin->state = state;
		atom->twin->why = why;
	}
}

/* A cold part and its function travel together. */
static void spread_to_parents(struct side *side)
{
	for (size_t i = 0; i < side->atom_count; i++) {
		struct atom *atom = side->atoms[i];

		if (!atom->parent || atom->state == ATOM_SAME || !atom->parent->twin)
			continue;
		if (atom->parent->state == ATOM_SAME)
			mark(atom->parent, ATOM_CHANGED, "its cold part changed");
	}
}

int compare_sides(struct side *old, struct side *new, struct error *err)
{
	for (size_t i = 0; i < new->atom_count; i++) {
		struct atom *atom = new->atoms[i];
		const char *why;

		if (!atom->twin)
			continue;
		if (compare_content(atom->twin, atom, &why, err) < 0)
			return -1;
		if (!why && atom->is_wanted)
			why = "it differs where static keys are patched into the code";
		mark(atom, why ? ATOM_CHANGED : ATOM_SAME, why);
	}
	spread_to_parents(new);
	spread_to_parents(old);
	return 0;
}
