// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A changed constant, or a changed function that ftrace cannot redirect, stays in the running
 * kernel as it is. If it belongs to this unit alone and everybody who uses it can be redirected,
 * all of them are replaced, with a copy of the new one in the livepatch. What has to be shown for
 * that to be right:
 *
 * 1. Nobody else uses it. It is a local symbol, the only one at its place, and every relocation of
 *    both objects to it lies in the code of a named function of the unit, or of its cold part.
 *    (References that the assembler resolved have become relocations, see decode.h; initialisation
 *    code, data, rows of special sections and alternative code count as somebody else.)
 * 2. All of these functions have an fentry in the running kernel, or are renewed themselves: they
 *    differ now, since they refer to something else, and are judged like any function that
 *    changed. A task thus sees the old ones with the old constant or the new ones with the new, as
 *    the consistency model of livepatch has it; never a new one with the old.
 * 3. It has no identity that outlives a call. A constant's address is only read through (flow.h),
 *    so that nobody can compare or keep it. A function is only called or jumped to, never a value.
 * 4. Nothing depends on where it is: the constant is in a section of plain constants, the function
 *    in plain text (not .noinstr.text, .kprobes.text, .sched.text and the like, whose bounds the
 *    kernel asks for).
 */
#include "diff/renew.h"

#include <string.h>

#include "base/text.h"
#include "diff/compare.h"
#include "diff/flow.h"

#define USERS_LIMIT 64
#define ROUNDS_LIMIT 4 /* functions without fentry that call one another */

struct users { /* functions, no cold parts, each once */
	const struct atom *items[USERS_LIMIT];
	size_t count;
	const char *why; /* somebody else uses it, or there are too many */
};

#define deny(side, why, ...) (*(why) = arena_printf((side)->object->arena, __VA_ARGS__), false)

static bool add_user(struct users *users, const struct atom *user)
{
	const struct atom *function = user->parent ? user->parent : user;

	for (size_t i = 0; i < users->count; i++)
		if (users->items[i] == function)
			return true;
	if (users->count == USERS_LIMIT)
		return deny(user->side, &users->why, "too many functions use it");
	users->items[users->count++] = function;
	return true;
}

/* The relocation refers to `to`; who is that? */
static bool find_user(struct users *users, const struct elf_section *section,
		      const struct elf_reloc *reloc, const struct atom *to)
{
	const struct section_atoms *atoms = atoms_of(section);
	const struct atom *user = atoms->count ? atom_at(section, (int64_t)reloc->offset) : NULL;

	if (user == to || (user && user->parent == to))
		return true; /* itself */
	if (!user || user->kind != SECTION_TEXT || !user->symbol)
		return deny(to->side, &users->why, "%s refers to it",
			    user ? atom_text(user) : section->name);
	if (to->is_function && !reloc_is_branch(section, reloc))
		return deny(to->side, &users->why, "%s takes its address", atom_text(user));
	return add_user(users, user);
}

static bool find_users(const struct atom *to, struct users *users)
{
	const struct object *object = to->side->object;

	for (size_t i = 0; i < object->section_count; i++) {
		const struct elf_section *section = object->sections[i];
		const struct section_rule *rule = atoms_of(section)->rule;

		/* What never gets into a kernel uses nothing; its own rows are those of its
		 * code. */
		if (rule->kind == SECTION_IGNORED || rule->discarded)
			continue;
		for (size_t k = 0; k < section->relocs.count; k++) {
			const struct elf_reloc *reloc = &section->relocs.items[k];
			struct target target;
			struct error ignored;
			bool is_place = rule->row_relocs && k % rule->row_relocs == 0;

			if (target_of(section, reloc, &target, &ignored) < 0)
				return deny(to->side, &users->why, "%s", ignored.msg);
			if (target.kind != TARGET_ATOM || target.atom != to)
				continue;
			/* Rows about the function itself, and where they lead to in it. */
			if (to->is_function && rule->kind == SECTION_ROWS &&
			    (is_place || target.offset != (int64_t)atom_entry(to)))
				continue;
			if (!find_user(users, section, reloc, to))
				return false;
		}
	}
	return true;
}

static bool is_only_symbol(const struct atom *atom)
{
	size_t count = 0;

	for (size_t i = 0; i < atom->section->symbol_count; i++) {
		const struct elf_symbol *symbol = atom->section->symbols[i];

		count += symbol->value >= atom->start && symbol->value < atom->end &&
			 (symbol->type != STT_NOTYPE || symbol->bind != STB_LOCAL);
	}
	return count == 1 && atom->symbol->bind == STB_LOCAL;
}

/* Alone in its section, so that no offset from a neighbour leads into it. */
static bool is_plain_place(const struct atom *atom)
{
	if (atoms_of(atom->section)->count != 1)
		return false;
	if (atom->is_function)
		return has_prefix(atom->section->name, ".text.");
	return has_prefix(atom->section->name, ".rodata") ||
	       has_prefix(atom->section->name, ".data.rel.ro");
}

/* All but the second condition, for one of the two objects. */
static bool is_private(const struct atom *atom, const char **ret_why)
{
	struct users users = { .count = 0 };

	if (!is_only_symbol(atom) || !is_plain_place(atom))
		return deny(atom->side, ret_why, "it is not only this unit's");
	if (!find_users(atom, &users)) {
		*ret_why = users.why;
		return false;
	}
	for (size_t i = 0; !atom->is_function && i < users.count; i++)
		if (!flow_only_reads(users.items[i], atom, ret_why))
			return false;
	return true;
}

static bool wants_renewal(const struct atom *atom)
{
	if (!atom->twin || atom->state != ATOM_CHANGED || !atom->symbol || atom->parent)
		return false;
	if (atom->kind == SECTION_TEXT)
		return !atom->twin->has_fentry;
	return atom->kind == SECTION_CONST;
}

/* Makes strangers of the two: who uses one differs from who uses the other. */
static void part(struct atom *new)
{
	struct atom *old = new->twin;

	new->twin = old->twin = NULL;
	new->state = old->state = ATOM_NEW;
	new->is_renewed = old->is_renewed = true;
}

static bool renew_one(struct changeset *changeset, struct atom *atom)
{
	const char *why = NULL;

	if (!is_private(atom->twin, &why) || !is_private(atom, &why)) {
		atom->why = arena_printf(atom->side->object->arena, "%s; %s", atom->why, why);
		return false;
	}
	enum rule_id rule = atom->is_function ? RULE_CARRIED_IN_CALLERS : RULE_CONST_CARRIED;

	finding_add(&changeset->findings, rule, changeset->unit, atom->name, NULL,
		    "%s; it comes along with all functions that use it", atom->why);
	part(atom);
	return true;
}

/* Each round may find callers that are no better off than what they call. */
int renew(struct changeset *changeset, struct error *err)
{
	bool more = true;

	for (unsigned round = 0; more && round < ROUNDS_LIMIT; round++) {
		more = false;
		for (size_t i = 0; i < changeset->new->atom_count; i++)
			if (wants_renewal(changeset->new->atoms[i]))
				more |= renew_one(changeset, changeset->new->atoms[i]);
		if (more && compare_sides(changeset->old, changeset->new, err) < 0)
			return -1;
	}
	return 0;
}
