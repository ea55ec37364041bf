// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/namesakes.h"

#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "build/c_text.h"
#include "build/line_table.h"

struct group {
	size_t edited; /* of its variables, on lines that are */
	bool is_used; /* one of those, by carried code */
};

/* What cannot change (const ones, tables that are read at boot) is compared by what it holds. */
static bool is_kept(const struct atom *atom)
{
	return atom->local_name && atom->twin && !atom->is_special_static &&
	       atom->kind == SECTION_DATA;
}

static void note_uses(struct map *used, const struct elf_section *section,
		      const struct elf_reloc *relocs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct target target;
		struct error ignored;
		auto_free char *key = NULL;

		if (target_of(section, &relocs[i], &target, &ignored) < 0 ||
		    target.kind != TARGET_ATOM || !is_kept(target.atom))
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

static bool is_used(const struct map *used, const struct atom *atom)
{
	auto_free char *key = xasprintf("%p", (const void *)atom);

	return map_has(used, key);
}

static void count_edited(const struct changeset *changeset, const struct map *used,
			 const struct line_set *edited, struct map *groups)
{
	for (size_t i = 0; i < changeset->new->atom_count; i++) {
		const struct atom *atom = changeset->new->atoms[i];

		if (!is_kept(atom) || !atom->has_namesakes ||
		    !line_set_has(edited, atom->local_line))
			continue;

		struct group *group = map_find(groups, atom->local_name);

		if (!group) {
			group = xcalloc(1, sizeof(*group));
			map_set(groups, atom->local_name, group);
		}
		group->edited++;
		group->is_used |= is_used(used, atom);
	}
}

/* `name`: "function variable". Caller frees. */
static char *split_name(const char *name, const char **ret_variable)
{
	*ret_variable = strchr(name, ' ') + 1;
	return xstrndup(name, (size_t)(*ret_variable - 1 - name));
}

static void report(struct changeset *changeset, const char *name, bool is_known)
{
	const char *variable;
	auto_free char *function = split_name(name, &variable);
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

void namesakes_find_edited(const struct edit_list *edits, struct line_set *into)
{
	for (size_t i = 0; i < edits->count; i++)
		if (edit_is_change(&edits->items[i]))
			lines_find_edited(&edits->items[i].original, &edits->items[i].final, into,
					  into);
}

static void judge_groups(const struct line_set *edited, const struct map *used,
			 struct changeset *changeset)
{
	static const struct line_set all = { .has_all = true };
	auto_map struct map *groups = map_new();

	count_edited(changeset, used, edited ? edited : &all, groups);
	for (size_t i = 0; i < map_count(groups); i++) {
		struct group *group = map_value(groups, i);

		if (group->edited > 1 && group->is_used)
			report(changeset, map_key(groups, i), edited);
		free(group);
	}
}

static bool has_word(const struct text_line *line, const char *word)
{
	auto_c_text struct c_text text;

	c_text_parse(line->text, line->size, NULL, &text);
	for (size_t i = 0; i < text.token_count; i++)
		if (c_token_is(&text.tokens[i], word))
			return true;
	return false;
}

static void judge_edited(const struct edit *edit, const struct map *used,
			 struct changeset *changeset)
{
	auto_line_set struct line_set gone = { 0 }, added = { 0 };
	auto_line_table struct line_table lines = { 0 };

	lines_find_edited(&edit->original, &edit->final, &gone, &added);
	line_table_cut(&lines, &edit->original);
	for (size_t i = 0; i < changeset->new->atom_count; i++) {
		const struct atom *atom = changeset->new->atoms[i];
		size_t line = atom->twin ? atom->twin->local_line : 0;
		auto_free char *function = NULL;
		const char *variable;

		if (!is_kept(atom) || !line || line > lines.count || gone.has_all ||
		    !line_set_has(&gone, line) || !is_used(used, atom))
			continue;
		function = split_name(atom->local_name, &variable);
		if (!has_word(&lines.items[line - 1], variable))
			finding_add(&changeset->findings, RULE_STATIC_EDITED, changeset->unit,
				    function, NULL,
				    "the statement in line %zu, which has %s, is edited; the variable "
				    "keeps the value that it has", line, variable);
	}
}

void namesakes_judge(const struct edit_list *edits, const struct line_set *edited,
		     struct changeset *changeset)
{
	auto_map struct map *used = map_new();
	const struct edit *own = edits ? edit_find(edits, changeset->unit) : NULL;

	find_used(changeset, used);
	if (!map_count(used))
		return;
	judge_groups(edited, used, changeset);
	if (own && edit_is_change(own))
		judge_edited(own, used, changeset);
}
