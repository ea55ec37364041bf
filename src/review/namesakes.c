// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/namesakes.h"

#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "build/lines.h"

struct group {
	size_t edited; /* of its variables, on lines that are */
	bool is_used; /* one of those, by carried code */
};

/* What cannot change (const ones, tables that are read at boot) is compared by what it holds. */
static bool is_namesake(const struct atom *atom)
{
	return atom->namesake_of && atom->twin && !atom->is_special_static &&
	       atom->kind == SECTION_DATA;
}

static bool has_namesakes(const struct side *side)
{
	for (size_t i = 0; i < side->atom_count; i++)
		if (is_namesake(side->atoms[i]))
			return true;
	return false;
}

static void find_edited_lines(const struct edit_list *edits, struct line_set *into)
{
	for (size_t i = 0; i < edits->count; i++)
		if (edit_is_change(&edits->items[i]))
			lines_find_edited(&edits->items[i].original, &edits->items[i].final, into);
}

static void note_uses(struct map *used, const struct elf_section *section,
		      const struct elf_reloc *relocs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct target target;
		struct error ignored;
		auto_free char *key = NULL;

		if (target_of(section, &relocs[i], &target, &ignored) < 0 ||
		    target.kind != TARGET_ATOM || !is_namesake(target.atom))
			continue;
		key = xasprintf("%p", (void *)target.atom);
		map_set(used, key, target.atom);
	}
}

/* By the code that goes into the module, or its rows: a static branch is one. */
static void find_used(const struct changeset *changeset, struct map *used)
{
	for (size_t i = 0; i < changeset->carried_count; i++) {
		const struct atom *atom = changeset->carried[i];

		note_uses(used, atom->section, atom->relocs, atom->reloc_count);
		for (const struct row *row = atom->rows; row; row = row->next)
			note_uses(used, row->section, row->relocs, row->reloc_count);
	}
}

static void count_edited(const struct changeset *changeset, const struct line_set *edited,
			 struct map *groups)
{
	auto_map struct map *used = map_new();

	find_used(changeset, used);
	for (size_t i = 0; i < changeset->new->atom_count; i++) {
		const struct atom *atom = changeset->new->atoms[i];
		auto_free char *key = xasprintf("%p", (const void *)atom);

		if (!is_namesake(atom) || !line_set_has(edited, atom->namesake_line))
			continue;

		struct group *group = map_find(groups, atom->namesake_of);

		if (!group) {
			group = xcalloc(1, sizeof(*group));
			map_set(groups, atom->namesake_of, group);
		}
		group->edited++;
		group->is_used |= map_has(used, key);
	}
}

static void report(struct changeset *changeset, const char *group, bool is_known)
{
	const char *variable = strchr(group, ' ') + 1;
	auto_free char *function = xstrndup(group, (size_t)(variable - 1 - group));
	struct finding *finding;

	if (is_known) {
		finding = finding_add(&changeset->findings, RULE_AMBIGUOUS_LOCAL, changeset->unit,
				      function, NULL,
				      "the patch edits the lines of several static variables %s of this "
				      "function: which of them goes on with which value cannot be told",
				      variable);
		finding->advice = "Leave all but one of these statements as they are.";
		return;
	}
	finding = finding_add(&changeset->findings, RULE_AMBIGUOUS_LOCAL, changeset->unit, function,
			      NULL,
			      "its static variables %s were told apart by their lines; that the patch did "
			      "not exchange them in place only the source can tell, which 'suture build' reads",
			      variable);
	finding->verdict = RULE_WARN;
	finding->advice = "";
}

void namesakes_judge(const struct edit_list *edits, struct changeset *changeset)
{
	auto_map struct map *groups = map_new();
	auto_line_set struct line_set edited = { .has_all = !edits };

	if (!has_namesakes(changeset->new))
		return;
	if (edits)
		find_edited_lines(edits, &edited);
	count_edited(changeset, &edited, groups);
	for (size_t i = 0; i < map_count(groups); i++) {
		struct group *group = map_value(groups, i);

		if (group->edited > 1 && group->is_used)
			report(changeset, map_key(groups, i), edits);
		free(group);
	}
}
