// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/reverse.h"

#include "base/text.h"

/* "old name -> new name" of each function that changed, "new x" and "gone x" of those that came and
 * went, as seen from the original to the patched object. */
static void list_functions(const struct changeset *changeset, bool is_reverse,
			   struct text_list *list)
{
	const struct side *old = is_reverse ? changeset->new : changeset->old;
	const struct side *new = is_reverse ? changeset->old : changeset->new;

	for (size_t i = 0; i < new->atom_count; i++) {
		const struct atom *atom = new->atoms[i];

		if (!atom->is_function || atom->parent)
			continue;
		if (atom->state == ATOM_NEW)
			text_list_printf(list, "new %s", atom->name);
		else if (atom->state == ATOM_CHANGED)
			text_list_printf(list, "%s -> %s", atom->twin->name, atom->name);
	}
	for (size_t i = 0; i < old->atom_count; i++)
		if (old->atoms[i]->is_function && !old->atoms[i]->parent &&
		    old->atoms[i]->state == ATOM_NEW)
			text_list_printf(list, "gone %s", old->atoms[i]->name);
	text_list_sort(list);
}

/* As the other way round has to know them. */
static void list_wanted(const struct side *new, struct text_list *also)
{
	for (size_t i = 0; i < new->atom_count; i++)
		if (new->atoms[i]->is_wanted && new->atoms[i]->twin)
			text_list_add(also, new->atoms[i]->twin->name);
}

static const char *find_missing(const struct text_list *here, const struct text_list *there)
{
	for (size_t i = 0; i < here->count; i++)
		if (!text_list_has(there, here->items[i]))
			return here->items[i];
	return NULL;
}

int changeset_check_reverse(const struct changeset *changeset, struct error *err)
{
	auto_changeset struct changeset *reverse = NULL;
	auto_text_list struct text_list forth = { 0 };
	auto_text_list struct text_list back = { 0 };
	auto_text_list struct text_list also = { 0 };
	const char *missing;

	list_wanted(changeset->new, &also);
	if (changeset_make_also(changeset->new->object->path, changeset->old->object->path,
				changeset->unit, &also, &reverse, err) < 0)
		return error_context(err, "comparing the other way round");
	list_functions(changeset, false, &forth);
	list_functions(reverse, true, &back);
	missing = find_missing(&forth, &back);
	if (missing)
		return error_set(err, ERROR_VERIFY,
				 "%s: an error in suture: '%s' is not so the other way round; please report it",
				 changeset->unit, missing);
	missing = find_missing(&back, &forth);
	if (missing)
		return error_set(err, ERROR_VERIFY,
				 "%s: an error in suture: '%s' is so the other way round only; please report it",
				 changeset->unit, missing);
	return 0;
}
