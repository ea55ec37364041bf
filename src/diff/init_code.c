// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Initialisation code that the patch changes. It has run, or runs with the module it belongs to, as
 * it was; a livepatch cannot change that. What it does differently can be left out if nothing that
 * comes along could depend on it: they share no variable of the patched units, the initialisation
 * does not reach for other things outside than before that the others use, and not both differ in what
 * they call (a call that moves from one to the other would be made twice, or never). Everything else is refused.
 */
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "diff/changeset.h"

struct reach { /* what code refers to, directly or through data that it refers to */
	struct map *own; /* variables of the unit: key -> name */
	struct map *outside; /* of other units, by name; functions too whose address is taken */
	struct map *calls; /* functions of other units and unchanged ones of this, by name */
	struct map *visited;
};

static void reach_init(struct reach *reach)
{
	*reach = (struct reach){ map_new(), map_new(), map_new(), map_new() };
}

static void reach_clear(struct reach *reach)
{
	map_free(reach->own);
	map_free(reach->outside);
	map_free(reach->calls);
	map_free(reach->visited);
}
#define auto_reach __attribute__((cleanup(reach_clear)))

static void add(struct map *map, const char *key, const char *name)
{
	if (!map_has(map, key))
		map_set(map, key, (void *)name);
}

static bool is_local(const struct atom *atom)
{
	return !atom->symbol || atom->symbol->bind == STB_LOCAL;
}

/* As the running kernel has it. */
static const struct atom *known_as(const struct changeset *changeset, const struct atom *atom)
{
	return atom->side == changeset->new && atom->twin ? atom->twin : atom;
}

/* Globals have one name everywhere; a local variable is known by its atom in the original. */
static char *key_of(const struct changeset *changeset, const struct atom *atom)
{
	const struct atom *known = known_as(changeset, atom);

	return is_local(atom) ? xasprintf("%p", (const void *)known) : xstrdup(atom->name);
}

static void reach_relocs(struct reach *reach, const struct changeset *changeset,
			 const struct elf_section *section, const struct elf_reloc *relocs,
			 size_t count);

/* Recursion ends: each atom is visited once, and the depth is that of data that points to data. */
static void reach_atom(struct reach *reach, const struct changeset *changeset,
		       const struct atom *atom)
{
	auto_free char *key = xasprintf("%p", (const void *)atom);

	if (map_has(reach->visited, key))
		return;
	map_set(reach->visited, key, (void *)atom);
	reach_relocs(reach, changeset, atom->section, atom->relocs, atom->reloc_count);
	for (const struct row *row = atom->rows; row; row = row->next)
		reach_relocs(reach, changeset, row->section, row->relocs + 1,
			     row->reloc_count - 1);
}

static void reach_target(struct reach *reach, const struct changeset *changeset,
			 const struct atom *atom)
{
	auto_free char *key = key_of(changeset, atom);

	if (atom->is_special_static)
		return;
	/* A function that only one side has is part of what its caller does. */
	if (atom->is_function && atom->state != ATOM_NEW && atom->kind != SECTION_INIT_TEXT) {
		const char *name = known_as(changeset, atom)->name;

		add(reach->calls, name, name);
		return;
	}
	if (!atom->is_function && atom->kind != SECTION_CONST && atom->kind != SECTION_FRAGMENT)
		add(reach->own, key, atom->name);
	reach_atom(reach, changeset, atom);
}

/* Calls that the compiler makes for itself: ftrace's place, thunks for returns and pointers. */
static bool is_compilers(const char *name)
{
	return !strcmp(name, "__fentry__") || has_prefix(name, "__x86_return_thunk") ||
	       has_prefix(name, "__x86_indirect_thunk_");
}

/* Functions of one family do the same to what they are given, with other bounds: who calls another one
 * of it neither gained nor lost a call. */
static const char *call_name(const char *name)
{
	static const char *const families[][6] = {
		{ "snprintf", "scnprintf", "sprintf", "sysfs_emit", "sysfs_emit_at" },
		{ "strscpy", "strlcpy", "strcpy", "strncpy", "strscpy_pad", "sized_strscpy" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		for (size_t k = 0; k < ARRAY_SIZE(families[i]) && families[i][k]; k++)
			if (!strcmp(name, families[i][k]))
				return families[i][0];
	return name;
}

static void reach_outside(struct reach *reach, const char *name, bool is_call)
{
	if (is_call)
		add(reach->calls, call_name(name), name);
	else
		add(reach->outside, name, name);
}

static void reach_relocs(struct reach *reach, const struct changeset *changeset,
			 const struct elf_section *section, const struct elf_reloc *relocs,
			 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct target target;
		struct error ignored;

		if (target_of(section, &relocs[i], &target, &ignored) < 0)
			continue; /* such an object is refused anyway */
		if (target.kind == TARGET_ATOM)
			reach_target(reach, changeset, target.atom);
		else if (target.kind == TARGET_OUTSIDE && !is_compilers(target.symbol->name))
			reach_outside(reach, target.symbol->name,
				      reloc_is_branch(section, &relocs[i]));
	}
}

static bool is_changed_init(const struct atom *atom)
{
	return atom->kind == SECTION_INIT_TEXT && atom->state != ATOM_SAME;
}

static const char *first_new(const struct map *old, const struct map *new)
{
	for (size_t i = 0; i < map_count(new); i++) {
		const char *key = map_key(new, i);

		/* Says something and does nothing else. */
		if (!map_has(old, key) && strcmp(key, "_printk"))
			return key;
	}
	return NULL;
}

/* What only one of the two has, NULL if there is nothing: a call that moved from here to there would
 * be made twice or never if one side of the move was left out. */
static const char *first_difference(const struct map *old, const struct map *new)
{
	const char *found = first_new(old, new);

	return found ? found : first_new(new, old);
}

struct rest { /* everything that comes along, of all units */
	struct reach before, after;
};

static const char *first_shared(const struct map *variables, const struct rest *rest)
{
	for (size_t i = 0; i < map_count(variables); i++) {
		const char *key = map_key(variables, i);

		if (map_has(rest->after.own, key) || map_has(rest->after.outside, key))
			return map_value(variables, i);
	}
	return NULL;
}

/* A variable of another unit that is patched as well: what of it the initialisation decides (the size of
 * the objects in a cache) may be what changed. */
static const char *first_shared_own(const struct map *outside, const struct rest *rest)
{
	for (size_t i = 0; i < map_count(outside); i++)
		if (map_has(rest->after.own, map_key(outside, i)))
			return map_key(outside, i);
	return NULL;
}

/* Of what one of the two refers to outside of the unit, and the other does not. */
static const char *first_shared_difference(const struct map *one, const struct map *other,
					   const struct rest *rest)
{
	for (size_t i = 0; i < map_count(one); i++) {
		const char *key = map_key(one, i);

		if (!map_has(other, key) &&
		    (map_has(rest->after.own, key) || map_has(rest->after.outside, key)))
			return key;
	}
	return NULL;
}

static bool has_finding(const struct changeset *changeset, enum rule_id rule)
{
	for (size_t i = 0; i < changeset->findings.count; i++)
		if (changeset->findings.items[i].rule == rule)
			return true;
	return false;
}

/* Why it cannot be left out, into a buffer; or nothing. */
static void find_dependency(const struct changeset *changeset, const struct reach *before,
			    const struct reach *after, const struct rest *rest,
			    struct buffer *into)
{
	const char *shared = first_shared(after->own, rest);
	const char *init_call = first_difference(before->calls, after->calls);
	const char *call = first_difference(rest->before.calls, rest->after.calls);

	if (!call) /* what init's callee does may be seen in a variable */
		call = first_difference(rest->before.outside, rest->after.outside);

	if (!shared)
		shared = first_shared(before->own, rest);
	if (!shared)
		shared = first_shared_own(after->outside, rest);
	if (!shared)
		shared = first_shared_own(before->outside, rest);
	if (!shared)
		shared = first_shared_difference(after->outside, before->outside, rest);
	if (!shared)
		shared = first_shared_difference(before->outside, after->outside, rest);
	if (shared)
		buffer_printf(into, "it and the patched functions use %s", shared);
	else if (init_call && call)
		buffer_printf(into,
			      "its calls differ in %s, and what the patched functions use in %s",
			      init_call, call);
	else if (has_finding(changeset, RULE_LAYOUT_GROWN))
		buffer_add_text(into, "a type has a new member, which it might set");
}

static void judge_unit(const struct changeset *changeset, const struct rest *rest,
		       struct finding_list *findings)
{
	for (size_t i = 0; i < changeset->new->atom_count; i++) {
		const struct atom *atom = changeset->new->atoms[i];

		if (!is_changed_init(atom))
			continue;

		auto_reach struct reach before, after;
		auto_buffer struct buffer why = BUFFER_INIT;

		reach_init(&before);
		reach_init(&after);
		reach_atom(&after, changeset, atom);
		if (atom->twin)
			reach_atom(&before, changeset, atom->twin);
		if (map_count(rest->after.visited) == 0)
			buffer_add_text(&why, "nothing else changed");
		/* .meminit.text and the like run later as well (asm-generic/vmlinux.lds.h). */
		else if (!has_prefix(atom->section->name, ".init.text") &&
			 !has_prefix(atom->section->name, ".exit.text"))
			buffer_printf(&why, "it is in %s", atom->section->name);
		else
			find_dependency(changeset, &before, &after, rest, &why);
		finding_add(findings, why.size ? RULE_INIT_CODE : RULE_INIT_LEFT_OUT,
			    changeset->unit, atom_text(atom), NULL, "the function changed%s%s",
			    why.size ? ", and cannot be left out: " :
				       " and is left out: it runs as before, also in a module "
				       "that is loaded later",
			    buffer_text(&why));
	}
}

/* The k-th section of the name. */
static const struct elf_section *nth_section(const struct side *side, const char *name, size_t k)
{
	for (size_t i = 0; i < side->object->section_count; i++)
		if (!strcmp(side->object->sections[i]->name, name) && k-- == 0)
			return side->object->sections[i];
	return NULL;
}

/* By section: the symbols of initialisation data carry line numbers and counters in their names. */
static void judge_data(const struct changeset *changeset, const struct rest *rest,
		       struct finding_list *findings)
{
	const struct object *object = changeset->new->object;
	bool is_alone = map_count(rest->after.visited) == 0;

	for (size_t i = 0; i < object->section_count; i++) {
		const struct elf_section *new = object->sections[i];
		size_t k = 0;

		/* Texts are compared with the code that reads them. */
		if (atoms_of(new)->rule->kind != SECTION_INIT_DATA || new->size == 0 ||
		    is_string_section(new))
			continue;
		for (size_t n = 0; n < i; n++)
			k += !strcmp(object->sections[n]->name, new->name);

		const struct elf_section *old = nth_section(changeset->old, new->name, k);

		if (!old || old->size != new->size || old->relocs.count != new->relocs.count ||
		    (new->data && memcmp(old->data, new->data, new->size)))
			finding_add(findings, RULE_INIT_CODE, changeset->unit, NULL, new->name,
				    "data that is read at boot changed%s",
				    is_alone ? ", and nothing else changed" : "");
	}
}

/* New functions count before anybody needs them: another unit of the patch may. Where nothing at
 * all comes along nobody can. */
static void collect_rest(struct changeset *const *changesets, size_t count, struct rest *rest)
{
	bool is_empty = true;

	for (size_t i = 0; i < count; i++)
		is_empty &= changeset_is_empty(changesets[i]);
	if (is_empty)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct side *new = changesets[i]->new;

		for (size_t k = 0; k < new->atom_count; k++) {
			const struct atom *atom = new->atoms[k];

			if (!atom->is_carried &&
			    !(atom->kind == SECTION_TEXT && atom->state == ATOM_NEW))
				continue;
			reach_atom(&rest->after, changesets[i], atom);
			if (atom->twin)
				reach_atom(&rest->before, changesets[i], atom->twin);
		}
	}
}

void changesets_judge_init(struct changeset *const *changesets, size_t count,
			   struct finding_list *findings)
{
	struct rest rest;

	reach_init(&rest.before);
	reach_init(&rest.after);
	collect_rest(changesets, count, &rest);
	for (size_t i = 0; i < count; i++) {
		judge_unit(changesets[i], &rest, findings);
		judge_data(changesets[i], &rest, findings);
	}
	reach_clear(&rest.before);
	reach_clear(&rest.after);
}
