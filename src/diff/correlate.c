// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/correlate.h"

#include <string.h>

#include "diff/atom_name.h"

static void pair(struct atom *old, struct atom *new)
{
	old->twin = new;
	new->twin = old;
}

static bool can_pair(const struct atom *old, const struct atom *new)
{
	if (old->twin || new->twin || old->is_numbered || new->is_numbered)
		return false;
	if (old->is_function || new->is_function)
		return old->kind == new->kind;
	return true;
}

static void pair_by_name(struct side *old, struct side *new)
{
	for (size_t i = 0; i < new->atom_count; i++) {
		struct atom *atom = new->atoms[i];
		struct atom *other = atom->symbol ? map_find(old->by_name, atom->name) : NULL;

		if (other && can_pair(other, atom))
			pair(other, atom);
	}
}

/* A writable section without any symbol is one variable that only its section names. */
static void pair_nameless_data(struct side *old, struct side *new)
{
	for (size_t i = 0; i < new->atom_count; i++) {
		struct atom *atom = new->atoms[i];

		if (atom->symbol || atom->kind != SECTION_DATA)
			continue;
		for (size_t k = 0; k < old->atom_count; k++) {
			struct atom *other = old->atoms[k];

			if (!other->symbol && !other->twin && other->kind == SECTION_DATA &&
			    !strcmp(other->name, atom->name)) {
				pair(other, atom);
				break;
			}
		}
	}
}

/* Who uses the numbered variables of a side: (base name, function family) -> the variables. */
struct use {
	struct atom *atom;
	const char *family;
	struct use *next;
};

static void note_use(struct map *uses, struct arena *arena, struct atom *atom, const char *family)
{
	auto_free char *key = xasprintf("%s %s", atom->base, family);
	struct use *first = map_find(uses, key);

	for (const struct use *use = first; use; use = use->next)
		if (use->atom == atom)
			return;

	struct use *use = arena_alloc(arena, sizeof(*use));

	*use = (struct use){ .atom = atom, .family = family, .next = first };
	map_set(uses, key, use);
}

static int find_uses(struct side *side, struct map *uses, struct error *err)
{
	struct arena *arena = side->object->arena;

	for (size_t i = 0; i < side->atom_count; i++) {
		const struct atom *atom = side->atoms[i];

		for (size_t k = 0; k < atom->reloc_count; k++) {
			struct target target;

			if (target_of(atom->section, &atom->relocs[k], &target, err) < 0)
				return -1;
			if (target.kind == TARGET_ATOM && target.atom->is_numbered &&
			    !target.atom->is_special_static)
				note_use(uses, arena, target.atom,
					 function_family(atom->name, arena));
		}
	}
	return 0;
}

static size_t count_uses(const struct use *use)
{
	size_t count = 0;

	for (; use; use = use->next)
		count++;
	return count;
}

/*
 * One variable of this base name used by this function before, and one now: the same. More than one
 * on either side cannot be told apart by users.
 */
static void pair_users(const char *key, const struct use *old, const struct use *new)
{
	(void)key;
	if (!old || !new)
		return;
	if (count_uses(old) == 1 && count_uses(new) == 1) {
		if (!old->atom->twin && !new->atom->twin)
			pair(old->atom, new->atom);
		else if (old->atom->twin != new->atom)
			new->atom->is_ambiguous = true;
		return;
	}
	for (; new; new = new->next)
		if (!new->atom->twin)
			new->atom->is_ambiguous = true;
}

static int pair_numbered(struct side *old, struct side *new, struct error *err)
{
	auto_map struct map *old_uses = map_new();
	auto_map struct map *new_uses = map_new();

	if (find_uses(old, old_uses, err) < 0 || find_uses(new, new_uses, err) < 0)
		return -1;
	for (size_t i = 0; i < map_count(new_uses); i++) {
		const char *key = map_key(new_uses, i);

		pair_users(key, map_find(old_uses, key), map_value(new_uses, i));
	}
	for (size_t i = 0; i < new->atom_count; i++)
		if (new->atoms[i]->twin)
			new->atoms[i]->is_ambiguous = false;
	return 0;
}

int correlate(struct side *old, struct side *new, struct error *err)
{
	pair_by_name(old, new);
	pair_nameless_data(old, new);
	return pair_numbered(old, new, err);
}
