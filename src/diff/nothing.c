// SPDX-License-Identifier: GPL-2.0-or-later
/* Why there is nothing to do: what the patch adds that nobody uses, and what a livepatch leaves out. */
#include "base/text.h"
#include "diff/changeset.h"

#define NAMED 5 /* of many, as many are named */

static bool is_addition(const struct atom *atom)
{
	return atom->state == ATOM_NEW && atom->symbol && !atom->parent && !atom->is_numbered &&
	       !atom->is_special_static &&
	       (atom->kind == SECTION_TEXT || atom->kind == SECTION_DATA);
}

static void collect_additions(const struct changeset *changeset, struct text_list *names)
{
	const struct side *new = changeset->new;

	for (size_t i = 0; i < new->atom_count; i++)
		if (is_addition(new->atoms[i]))
			text_list_add(names, new->atoms[i]->name);
}

static void collect_exports(const struct changeset *changeset, struct text_list *names)
{
	for (size_t i = 0; i < changeset->findings.count; i++) {
		const struct finding *finding = &changeset->findings.items[i];

		if (finding->rule == RULE_EXPORT_CHANGED && finding->function)
			text_list_printf(names, "%s: %s", finding->function, finding->detail);
	}
}

static void write_names(const struct text_list *names, const char *between, struct buffer *into)
{
	for (size_t i = 0; i < names->count && i < NAMED; i++)
		buffer_printf(into, "%s%s", i ? between : "", names->items[i]);
	if (names->count > NAMED)
		buffer_printf(into, "%sand %zu more", between, names->count - NAMED);
}

void changesets_describe_nothing(struct changeset *const *changesets, size_t count,
				 struct buffer *into)
{
	auto_text_list struct text_list additions = { 0 };
	auto_text_list struct text_list exports = { 0 };

	for (size_t i = 0; i < count; i++) {
		collect_additions(changesets[i], &additions);
		collect_exports(changesets[i], &exports);
	}
	if (additions.count) {
		buffer_add_text(into, "the patch adds ");
		write_names(&additions, ", ", into);
		buffer_add_text(into, ", and nothing that runs differs: no code that is there "
				      "already would ever reach what is new");
	} else {
		buffer_add_text(into, "the patched sources compile to the same code");
	}
	if (exports.count) {
		buffer_add_text(into, "; exports do not come with a livepatch (");
		write_names(&exports, "; ", into);
		buffer_add_char(into, ')');
	}
}
