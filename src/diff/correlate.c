// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/correlate.h"

#include <string.h>

#include "diff/atom_name.h"
#include "diff/renamed.h"
#include "elf/dwarf.h"

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

/* A variable that got or lost a second name (MODULE_DEVICE_TABLE() makes one) may be known by another
 * one now. */
static void pair_by_other_name(struct side *old, struct side *new)
{
	for (size_t i = 0; i < new->atom_count; i++) {
		struct atom *atom = new->atoms[i];

		if (atom->twin || !atom->symbol || atom->is_function || atom->is_numbered)
			continue;
		for (size_t k = 0; k < atom->section->symbol_count && !atom->twin; k++) {
			const struct elf_symbol *symbol = atom->section->symbols[k];
			struct atom *other = symbol->value == atom->symbol->value &&
							     symbol->type == STT_OBJECT ?
						     side_find_variable(old, symbol->name) :
						     NULL;

			if (other && can_pair(other, atom))
				pair(other, atom);
		}
	}
}

/* A section without any symbol is one thing that only its section names. Constants are not among
 * them: they are compared where somebody refers to them. */
static bool is_named_by_section(const struct atom *atom)
{
	return !atom->symbol && (atom->kind == SECTION_DATA || atom->kind == SECTION_TEXT ||
				 atom->kind == SECTION_INIT_TEXT || atom->kind == SECTION_FIXED);
}

static void pair_by_section(struct side *old, struct side *new)
{
	for (size_t i = 0; i < new->atom_count; i++) {
		struct atom *atom = new->atoms[i];

		if (!is_named_by_section(atom))
			continue;
		for (size_t k = 0; k < old->atom_count; k++) {
			struct atom *other = old->atoms[k];

			if (is_named_by_section(other) && !other->twin &&
			    !strcmp(other->name, atom->name)) {
				pair(other, atom);
				break;
			}
		}
	}
}

/* The next id of a BTF set from *at on; NULL after the last. */
static struct atom *next_btf_id(const struct side *side, size_t *at)
{
	while (*at < side->atom_count &&
	       strncmp(side->atoms[*at]->section->name, ".BTF_ids", strlen(".BTF_ids")))
		++*at;
	return *at < side->atom_count ? side->atoms[(*at)++] : NULL;
}

static size_t without_digits(const char *name)
{
	size_t length = strlen(name);

	while (length && strchr("0123456789", name[length - 1]))
		length--;
	return length;
}

/* Without the number that __COUNTER__ and __LINE__ make (include/linux/btf_ids.h). */
static bool is_same_btf_id(const struct atom *old, const struct atom *new)
{
	size_t length = without_digits(old->name);

	if (strncmp(old->name, "__BTF_ID__", strlen("__BTF_ID__")))
		return !strcmp(old->name, new->name);
	return length == without_digits(new->name) && !strncmp(old->name, new->name, length);
}

/* Sets of BTF ids: the same ones in the same order, or nothing is paired. */
static void pair_btf_ids(struct side *old, struct side *new)
{
	struct atom *a, *b;
	size_t old_at = 0, new_at = 0;

	do {
		a = next_btf_id(old, &old_at);
		b = next_btf_id(new, &new_at);
		if (!a != !b || (a && !is_same_btf_id(a, b)))
			return;
	} while (a);
	old_at = new_at = 0;
	while ((a = next_btf_id(old, &old_at)) && (b = next_btf_id(new, &new_at)))
		if (!a->twin && !b->twin)
			pair(a, b);
}

static bool is_static_local(const struct atom *atom)
{
	return atom->symbol && atom->is_numbered && !atom->is_special_static;
}

static bool has_static_locals(const struct side *side)
{
	for (size_t i = 0; i < side->atom_count; i++)
		if (is_static_local(side->atoms[i]))
			return true;
	return false;
}

/* "owner name ordinal/namesakes": what a static local is in the source; caller frees. */
static char *identity_of(const struct static_local *local)
{
	return xasprintf("%s %s %u/%u", local->owner, local->name, local->ordinal,
			 local->namesakes);
}

static const struct static_local *local_of(const struct dwarf *dwarf, struct atom *atom)
{
	const struct static_local *local =
		is_static_local(atom) ? dwarf_find_static_local_in(dwarf, atom->section->name,
								   atom->symbol->value) :
					NULL;

	return local && *local->owner ? local : NULL;
}

struct owned {
	struct atom *atom;
	const struct static_local *local;
};

/* Of several of one name in one function, the one whose declaration the patch has left alone: lines
 * of unchanged text keep their numbers. Their order alone says nothing once blocks have moved. What the
 * numbers do not say, whether the text is unchanged, is for those who have it (review/namesakes.h). */
static bool is_same_local(const struct static_local *old, const struct static_local *new)
{
	return ctype_same(old->type, new->type) && old->size == new->size &&
	       (new->namesakes == 1 || (new->line && old->line == new->line));
}

static void pair_locals(struct atom *old, const struct static_local *old_local, struct atom *new,
			const struct static_local *local)
{
	auto_free char *name = xasprintf("%s %s", local->owner, local->name);

	pair(old, new);
	old->local_line = old_local->line;
	new->local_line = local->line;
	new->local_name = arena_strdup(new->side->object->arena, name);
	new->has_namesakes = local->namesakes > 1;
}

static void pair_owned(struct side *old, const struct dwarf *old_dwarf, struct side *new,
		       const struct dwarf *new_dwarf)
{
	auto_map struct map *owned = map_new();

	for (size_t i = 0; i < old->atom_count; i++) {
		const struct static_local *local = local_of(old_dwarf, old->atoms[i]);
		auto_free char *key = local ? identity_of(local) : NULL;

		if (!local)
			continue;

		struct owned *item = arena_alloc(old->object->arena, sizeof(*item));

		*item = (struct owned){ old->atoms[i], local };
		old->atoms[i]->has_owner = true;
		map_set(owned, key, item);
	}
	for (size_t i = 0; i < new->atom_count; i++) {
		const struct static_local *local = local_of(new_dwarf, new->atoms[i]);
		auto_free char *key = local ? identity_of(local) : NULL;

		if (!local)
			continue;

		const struct owned *item = map_find(owned, key);

		new->atoms[i]->has_owner = true;
		if (item && !item->atom->twin && is_same_local(item->local, local))
			pair_locals(item->atom, item->local, new->atoms[i], local);
		else if (local->namesakes > 1 || item)
			new->atoms[i]->is_ambiguous = true;
	}
}

/* Static locals by the function that the debug information says they are in. Without debug
 * information it is left to the users. */
static int pair_by_owner(struct side *old, struct side *new, struct error *err)
{
	const struct dwarf *old_dwarf, *new_dwarf;

	if (!has_static_locals(new) || !has_static_locals(old))
		return 0;
	if (side_dwarf(old, &old_dwarf, err) < 0 || side_dwarf(new, &new_dwarf, err) < 0)
		return err->code == ERROR_NOT_FOUND ? 0 : -1;
	pair_owned(old, old_dwarf, new, new_dwarf);
	return 0;
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
			if (target.kind == TARGET_ATOM && is_static_local(target.atom) &&
			    !target.atom->has_owner)
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
static void pair_users(const struct use *old, const struct use *new)
{
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

		pair_users(map_find(old_uses, key), map_value(new_uses, i));
	}
	for (size_t i = 0; i < new->atom_count; i++)
		if (new->atoms[i]->twin)
			new->atoms[i]->is_ambiguous = false;
	return 0;
}

int correlate(struct side *old, struct side *new, struct error *err)
{
	pair_by_name(old, new);
	pair_by_other_name(old, new);
	pair_by_section(old, new);
	pair_btf_ids(old, new);
	if (pair_by_owner(old, new, err) < 0 || pair_numbered(old, new, err) < 0)
		return -1;
	renamed_pair(old, new);
	return 0;
}
