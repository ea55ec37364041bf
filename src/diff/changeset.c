// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/changeset.h"

#include <string.h>

#include "diff/compare.h"
#include "diff/correlate.h"
#include "diff/judge.h"
#include "diff/records.h"
#include "diff/renew.h"

static void carry(struct changeset *changeset, struct atom *atom)
{
	if (atom->is_carried)
		return;
	atom->is_carried = true;
	ARRAY_GROW(changeset->carried, changeset->carried_capacity, changeset->carried_count + 1);
	changeset->carried[changeset->carried_count++] = atom;
}

static void follow(struct changeset *changeset, const struct atom *from, const struct row *row,
		   const struct elf_reloc *reloc)
{
	struct reference reference;

	if (reference_of(changeset, from, row, reloc, &reference) == 0 &&
	    reference.kind == REFERENCE_CARRIED)
		carry(changeset, reference.atom);
}

/* Everything that carried atoms from `first` on need, until nothing new comes. */
static void close_over(struct changeset *changeset, size_t first)
{
	for (size_t i = first; i < changeset->carried_count; i++) {
		struct atom *atom = changeset->carried[i];

		if (atom->leaves_by_short_branch)
			finding_add(&changeset->findings, RULE_MALFORMED, changeset->unit,
				    atom_text(atom), NULL,
				    "a short branch leads out of the function; it cannot be moved");
		for (size_t k = 0; k < atom->reloc_count; k++)
			follow(changeset, atom, NULL, &atom->relocs[k]);
		for (const struct row *row = atom->rows; row; row = row->next)
			for (size_t k = 1; k < row->reloc_count; k++)
				follow(changeset, atom, row, &row->relocs[k]);
	}
}

static void count(struct changeset *changeset)
{
	changeset->changed_functions = changeset->new_functions = changeset->new_data = 0;
	for (size_t i = 0; i < changeset->carried_count; i++) {
		const struct atom *atom = changeset->carried[i];

		if (atom->parent || !atom->symbol || atom->is_special_static)
			continue;
		if (atom->is_function && atom->state == ATOM_CHANGED)
			changeset->changed_functions++;
		else if (atom->is_function)
			changeset->new_functions++;
		else
			changeset->new_data++;
	}
}

static void collect(struct changeset *changeset)
{
	const struct side *new = changeset->new;

	for (size_t i = 0; i < new->atom_count; i++) {
		struct atom *atom = new->atoms[i];

		if (atom->kind == SECTION_TEXT && atom->state == ATOM_CHANGED && !atom->parent)
			carry(changeset, atom);
	}
	for (size_t i = 0; i < CALLBACK_COUNT; i++)
		if (changeset->callbacks[i])
			carry(changeset, changeset->callbacks[i]);
	close_over(changeset, 0);
	count(changeset);
}

/* Before renew(): a function that is only replaced because it uses a constant has not changed. */
static void count_code(struct changeset *changeset)
{
	struct code_facts *code = &changeset->code;

	for (size_t i = 0; i < changeset->new->atom_count; i++) {
		const struct atom *atom = changeset->new->atoms[i];

		if (!atom->is_function || atom->parent || atom->state == ATOM_SAME)
			continue;
		if (atom->kind == SECTION_INIT_TEXT)
			code->initialisation++;
		else if (atom->state == ATOM_CHANGED)
			code->changed++;
		else
			code->added++;
	}
}

struct atom *changeset_new_global(const struct changeset *changeset, const char *name)
{
	struct atom *atom = map_find(changeset->new->by_name, name);

	if (!atom || atom->state != ATOM_NEW || atom->symbol->bind == STB_LOCAL)
		return NULL;
	return atom;
}

const struct atom *changesets_find_replaced(struct changeset *const *changesets, size_t count_of,
					    const struct target *target)
{
	if (target->kind == TARGET_ATOM)
		return atom_is_replaced(target->atom) ? target->atom : NULL;
	for (size_t i = 0; target->kind == TARGET_OUTSIDE && i < count_of; i++) {
		const struct atom *atom = map_find(changesets[i]->old->by_name,
						   target->symbol->name);

		if (atom && atom_is_replaced(atom) && atom->symbol->bind != STB_LOCAL)
			return atom;
	}
	return NULL;
}

static bool is_shipped_clone(const struct atom *atom)
{
	return atom->is_function && atom->symbol && !atom->parent && atom->state != ATOM_NEW &&
	       strchr(atom->name, '.');
}

static void note_clone(const struct atom *atom, struct text_list *names)
{
	if (is_shipped_clone(atom) && !text_list_has(names, atom->name))
		text_list_add(names, atom->name);
}

/* Those that the atom refers to. */
static void note_called_clones(const struct atom *atom, struct text_list *names)
{
	for (size_t i = 0; i < atom->reloc_count; i++) {
		struct target target;
		struct error ignored;

		if (target_of(atom->section, &atom->relocs[i], &target, &ignored) == 0 &&
		    target.kind == TARGET_ATOM)
			note_clone(target.atom, names);
	}
}

void changeset_clones(const struct changeset *changeset, struct text_list *ret_names)
{
	for (size_t i = 0; i < changeset->carried_count; i++) {
		note_clone(changeset->carried[i], ret_names);
		note_called_clones(changeset->carried[i], ret_names);
	}
}

/* Adds the clones that the function and its cold parts refer to. */
static void note_reached(const struct changeset *changeset, const struct atom *function,
			 struct text_list *names)
{
	note_called_clones(function, names);
	for (size_t i = 0; i < changeset->new->atom_count; i++)
		if (changeset->new->atoms[i]->parent == function)
			note_called_clones(changeset->new->atoms[i], names);
}

const char *changeset_other_clone(const struct changeset *changeset, const struct text_list *names)
{
	auto_text_list struct text_list reached = { 0 };

	for (size_t i = 0; i < names->count; i++)
		text_list_add(&reached, names->items[i]);
	for (size_t i = 0; i < reached.count; i++) {
		const struct atom *atom = map_find(changeset->new->by_name, reached.items[i]);

		if (!atom || !atom->is_function || atom->state != ATOM_SAME) {
			for (size_t k = 0; k < names->count; k++)
				if (!strcmp(names->items[k], reached.items[i]))
					return names->items[k];
			return names->items[0];
		}
		note_reached(changeset, atom, &reached);
	}
	return NULL;
}

/* True if something came along that was not there before. */
static bool provide(struct changeset *const *changesets, size_t count_of, const char *name)
{
	for (size_t i = 0; i < count_of; i++) {
		struct atom *atom = changeset_new_global(changesets[i], name);
		size_t before = changesets[i]->carried_count;

		if (!atom || atom->is_carried)
			continue;
		carry(changesets[i], atom);
		close_over(changesets[i], before);
		count(changesets[i]);
		return true;
	}
	return false;
}

void changesets_link(struct changeset *const *changesets, size_t count_of)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < count_of; i++)
			for (size_t k = 0; k < changesets[i]->carried_count; k++) {
				const struct atom *atom = changesets[i]->carried[k];

				for (size_t r = 0; r < atom->reloc_count; r++) {
					const struct elf_symbol *symbol = atom->relocs[r].symbol;

					if (symbol && !symbol->section && *symbol->name)
						more |= provide(changesets, count_of, symbol->name);
				}
			}
	}
}

static void note_wanted(const struct side *new, const struct text_list *also)
{
	for (size_t i = 0; also && i < also->count; i++) {
		struct atom *atom = map_find(new->by_name, also->items[i]);

		if (atom && atom->is_function && !atom->parent)
			atom->is_wanted = true;
	}
}

int changeset_make(const char *old_path, const char *new_path, const char *unit,
		   struct changeset **ret_changeset, struct error *err)
{
	return changeset_make_also(old_path, new_path, unit, NULL, ret_changeset, err);
}

int changeset_make_also(const char *old_path, const char *new_path, const char *unit,
			const struct text_list *also, struct changeset **ret_changeset,
			struct error *err)
{
	struct changeset *changeset = xcalloc(1, sizeof(*changeset));

	*ret_changeset = changeset;
	changeset->unit = xstrdup(unit ? unit : new_path);
	if (side_open(old_path, changeset->unit, &changeset->findings, &changeset->old, err) < 0 ||
	    side_open(new_path, changeset->unit, &changeset->findings, &changeset->new, err) < 0)
		return -1;
	if (!judge_related(changeset))
		return finding_list_error(&changeset->findings, err);
	note_wanted(changeset->new, also);
	if (correlate(changeset->old, changeset->new, err) < 0 ||
	    compare_sides(changeset->old, changeset->new, err) < 0)
		return error_context(err, "%s", changeset->unit);
	count_code(changeset);
	if (renew(changeset, err) < 0)
		return error_context(err, "%s", changeset->unit);
	judge(changeset);
	if (records_read(changeset, err) < 0)
		return error_context(err, "%s", changeset->unit);
	collect(changeset);
	if (judge_array_ends(changeset, err) < 0)
		return error_context(err, "%s", changeset->unit);
	if (!changeset_is_empty(changeset) && judge_layouts(changeset, err) < 0)
		return -1;
	side_forget_dwarf(changeset->old);
	side_forget_dwarf(changeset->new);
	return 0;
}

void changeset_free(struct changeset *changeset)
{
	if (!changeset)
		return;
	side_free(changeset->old);
	side_free(changeset->new);
	finding_list_clear(&changeset->findings);
	text_list_clear(&changeset->recast);
	free(changeset->carried);
	free(changeset->states);
	free(changeset->unit);
	free(changeset);
}

bool changeset_is_empty(const struct changeset *changeset)
{
	return changeset->carried_count == 0;
}
