// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A function that is gone, and a new one that has its place in every table that had the old one
 * (.open = old_open, .open = new_open). In the running kernel these tables stay as they are; a
 * redirect of the old function makes them lead to the new one, which is exactly what the patched
 * source says. What has to be shown for that to be right:
 *
 * 1. Both are local, and each stands alone at its place: nobody else knows them by name.
 * 2. Each place outside of code that has the address of the old one has, in the patched object, that
 *    of the new one: the same offset of the same variable, constant or initialisation function. And
 *    the other way round. There is at least one.
 * 3. No code takes the address of either. So what the running kernel keeps of it came from those
 *    places alone, and means what stands there now. (Initialisation code may, if it does in the same
 *    place, see 2, and is the same in everything else: what it does with the address, and to whom it
 *    gives it, is only told by all of it.)
 *
 * Calls do not matter: a caller that is there before and after calls what is the same now, or
 * differs and is replaced; a task that has not switched still gets the old one.
 */
#include "diff/renamed.h"

#include <string.h>

#include "base/text.h"
#include "diff/compare.h"

#define CANDIDATES_LIMIT 64 /* functions that are gone: each costs a walk over all relocations */

static bool is_candidate(const struct atom *atom)
{
	return !atom->twin && atom->is_function && atom->kind == SECTION_TEXT && atom->symbol &&
	       !atom->parent && !strchr(atom->name, '.') && atom->symbol->bind == STB_LOCAL &&
	       atoms_of(atom->section)->count == 1;
}

static bool has_one_name(const struct atom *atom)
{
	size_t count = 0;

	for (size_t i = 0; i < atom->section->symbol_count; i++)
		count += atom->section->symbols[i]->type == STT_FUNC;
	return count == 1;
}

/* What stands in the same place of the twin, if it is the beginning of a function that could be it. */
static struct atom *counterpart(const struct atom *user, const struct elf_reloc *reloc)
{
	uint64_t offset = reloc->offset - user->start;
	struct error ignored;

	for (size_t i = 0; user->twin && i < user->twin->reloc_count; i++) {
		const struct elf_reloc *other = &user->twin->relocs[i];
		struct target target;

		if (other->offset - user->twin->start != offset || other->type != reloc->type)
			continue;
		if (target_of(user->twin->section, other, &target, &ignored) < 0 ||
		    target.kind != TARGET_ATOM || !is_candidate(target.atom) ||
		    target.offset != (int64_t)(target.atom->symbol->value - target.atom->start))
			return NULL;
		return target.atom;
	}
	return NULL;
}

static bool is_place(const struct atom *user)
{
	return user->kind == SECTION_DATA || user->kind == SECTION_CONST ||
	       user->kind == SECTION_FIXED || user->kind == SECTION_INIT_TEXT;
}

struct search {
	const struct atom *of;
	struct atom *found; /* what all places so far have in the other object */
};

/* False if this relocation shows that nothing can be paired. */
static bool look(struct search *search, const struct elf_section *section,
		 const struct section_rule *rule, size_t k)
{
	const struct elf_reloc *reloc = &section->relocs.items[k];
	const struct atom *of = search->of;
	struct target target;
	struct error ignored;

	if (target_of(section, reloc, &target, &ignored) < 0)
		return false;
	/* A place in it, as its jump tables and its own rows have: nothing that calls it. */
	if (target.kind != TARGET_ATOM || target.atom != of ||
	    target.offset != (int64_t)(of->symbol->value - of->start) ||
	    (rule->kind == SECTION_ROWS && k % rule->row_relocs == 0))
		return true;

	const struct section_atoms *atoms = atoms_of(section);
	const struct atom *user = atoms->count ? atom_at(section, (int64_t)reloc->offset) : NULL;

	if (user && user->kind == SECTION_TEXT)
		return reloc_is_branch(section, reloc);
	if (!user || !is_place(user))
		return false;

	struct atom *there = counterpart(user, reloc);

	if (!there || (search->found && search->found != there))
		return false;
	search->found = there;
	return true;
}

/* The function of the other object that has all its places, or NULL. */
static struct atom *find_successor(const struct atom *of)
{
	const struct object *object = of->side->object;
	struct search search = { .of = of };

	for (size_t i = 0; i < object->section_count; i++) {
		const struct elf_section *section = object->sections[i];
		const struct section_rule *rule = atoms_of(section)->rule;

		if (rule->kind == SECTION_IGNORED || rule->discarded)
			continue;
		for (size_t k = 0; k < section->relocs.count; k++)
			if (!look(&search, section, rule, k))
				return NULL;
	}
	return search.found;
}

static bool refers_to(const struct atom *user, const struct atom *of)
{
	for (size_t i = 0; i < user->reloc_count; i++) {
		struct target target;
		struct error ignored;

		if (target_of(user->section, &user->relocs[i], &target, &ignored) == 0 &&
		    target.kind == TARGET_ATOM && target.atom == of)
			return true;
	}
	return false;
}

/* Is the initialisation code that has it in its hands the same, but for it? */
static bool is_begun_alike(const struct atom *new)
{
	for (size_t i = 0; i < new->side->atom_count; i++) {
		const struct atom *user = new->side->atoms[i];
		const char *why = NULL;
		struct error ignored;

		if (user->kind != SECTION_INIT_TEXT || !refers_to(user, new))
			continue;
		if (!user->twin || compare_content(user->twin, user, &why, &ignored) < 0 || why)
			return false;
	}
	return true;
}

/* What one pair needs may be another pair: those that do not hold go, until the rest does. */
static void part_unlike(struct side *new)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < new->atom_count; i++) {
			struct atom *atom = new->atoms[i];

			if (!is_renamed(atom) || is_begun_alike(atom))
				continue;
			atom->twin->twin = NULL;
			atom->twin = NULL;
			more = true;
		}
	}
}

void renamed_pair(struct side *old, struct side *new)
{
	size_t gone = 0;

	for (size_t i = 0; i < old->atom_count; i++)
		gone += is_candidate(old->atoms[i]);
	if (gone > CANDIDATES_LIMIT)
		return;
	for (size_t i = 0; i < old->atom_count; i++) {
		struct atom *atom = old->atoms[i];
		struct atom *successor = is_candidate(atom) && has_one_name(atom) ?
						 find_successor(atom) : NULL;

		if (!successor || successor->side != new || !has_one_name(successor) ||
		    find_successor(successor) != atom)
			continue;
		atom->twin = successor;
		successor->twin = atom;
	}
	part_unlike(new);
}

bool is_renamed(const struct atom *new)
{
	return new->is_function && new->twin && new->symbol && new->twin->symbol &&
	       !new->parent && strcmp(new->name, new->twin->name);
}

const char *name_in_module(const struct atom *new)
{
	return is_renamed(new) ? new->twin->name : new->symbol->name;
}

const char *name_without_within(const char *name)
{
	return has_prefix(name, WITHIN_PREFIX) ? name + strlen(WITHIN_PREFIX) : name;
}
