// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Several names for one piece of code: aliases in the source, and functions that the compiler found
 * to be identical. A redirect sits at the address, so it hits every name. That is right as long as
 * the same names share the code before and after; else one of them would get the other's change, or
 * would not get its own. A variable's second name is for other units, which go on with the place that
 * it had when the kernel was linked.
 */
#include <string.h>

#include "diff/compare.h"
#include "diff/judge.h"

/* The function that the name begins, or NULL. */
static struct atom *function_of(const struct elf_symbol *symbol)
{
	struct atom *atom;

	if (symbol->type != STT_FUNC || !symbol->section)
		return NULL;
	atom = atom_at(symbol->section, (int64_t)symbol->value);
	return atom && atom->symbol && atom->is_function && atom->symbol->value == symbol->value ?
		       atom :
		       NULL;
}

static struct map *functions_by_name(const struct side *side)
{
	struct map *names = map_new();

	for (size_t i = 0; i < side->object->symbol_count; i++) {
		const struct elf_symbol *symbol = side->object->symbols[i];
		struct atom *atom = function_of(symbol);

		if (atom && !map_has(names, symbol->name))
			map_set(names, symbol->name, atom);
	}
	return names;
}

static void judge_name(struct changeset *changeset, const char *name, const struct atom *old,
		       const struct atom *new)
{
	const char *why;
	struct error err;

	bool is_own_name = !strcmp(name, old->name) && !strcmp(name, new->name);

	if (old->twin == new || is_own_name) /* its own name: judged as any other function */
		return;
	/* A redirect of the old place is for the name that stayed there. */
	if (old->twin && old->twin->state != ATOM_SAME)
		finding_add(&changeset->findings, RULE_ALIAS, changeset->unit, name, NULL,
			    "it shares its code with %s, which is replaced, and no longer does in the patched source",
			    old->name);
	else if (compare_content(old, new, &why, &err) < 0 || why)
		finding_add(&changeset->findings, RULE_ALIAS, changeset->unit, name, NULL,
			    "in the patched source it shares its code with %s, and that is not what it was",
			    new->name);
}

static bool has_identity(const struct atom *atom)
{
	return atom && atom->kind == SECTION_DATA && atom->symbol && !atom->is_numbered;
}

/* Those of constants may move: they say the same. */
static void judge_variable_names(struct changeset *changeset)
{
	const struct object *new = changeset->new->object;

	for (size_t i = 0; i < new->symbol_count; i++) {
		const char *name = new->symbols[i]->name;
		const struct atom *was, *now;

		if (new->symbols[i]->type != STT_OBJECT || !new->symbols[i]->section)
			continue;
		now = side_find_variable(changeset->new, name);
		was = has_identity(now) ? side_find_variable(changeset->old, name) : NULL;
		if (has_identity(was) && was->twin != now)
			finding_add(&changeset->findings, RULE_ALIAS, changeset->unit, name, NULL,
				    "it is a name of another variable now");
	}
}

/* A label that assembly in a function makes known to other units stays in the function that nobody
 * comes to any more. */
static void judge_places(struct changeset *changeset)
{
	const struct object *old = changeset->old->object;

	for (size_t i = 0; i < old->symbol_count; i++) {
		const struct elf_symbol *symbol = old->symbols[i];
		const struct atom *atom;

		if (!symbol->section || symbol->bind == STB_LOCAL || symbol->type == STT_SECTION ||
		    atoms_of(symbol->section)->rule->kind != SECTION_TEXT)
			continue;
		atom = atom_at(symbol->section, (int64_t)symbol->value);
		if (atom && atom->symbol && atom->state == ATOM_CHANGED &&
		    atom->symbol->value < symbol->value && atom->end > symbol->value)
			finding_add(&changeset->findings, RULE_ALIAS, changeset->unit, symbol->name,
				    NULL, "other units may know it, a place in %s, which is replaced",
				    atom->name);
	}
}

void judge_aliases(struct changeset *changeset)
{
	judge_places(changeset);
	judge_variable_names(changeset);


	auto_map struct map *old = functions_by_name(changeset->old);
	auto_map struct map *new = functions_by_name(changeset->new);

	for (size_t i = 0; i < map_count(new); i++) {
		const struct atom *before = map_find(old, map_key(new, i));

		if (before)
			judge_name(changeset, map_key(new, i), before, map_value(new, i));
	}
}
