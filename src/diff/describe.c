// SPDX-License-Identifier: GPL-2.0-or-later
/* A changeset for people and for programs. */
#include "diff/changeset.h"

static const char *kind_of(const struct atom *atom)
{
	if (atom->is_function)
		return atom->parent		   ? "cold part" :
		       atom->state == ATOM_CHANGED ? "changed function" :
						     "new function";
	if (atom->is_special_static)
		return "fresh copy";
	if (atom->kind == SECTION_FRAGMENT)
		return "alternative code";
	return atom->symbol ? "new data" : "constant";
}

/* How many rows of which special sections come along; of those that only objtool reads, or the others. */
static void write_rows(const struct atom *atom, bool discarded, json_value *into)
{
	for (const struct row *row = atom->rows; row; row = row->next) {
		const char *name = row->section->name;

		if (atoms_of(row->section)->rule->discarded == discarded)
			json_set_int(into, name, json_get_int(into, name, 0) + 1);
	}
}

static void write_original(struct changeset *changeset, const struct atom *atom,
			   const struct row *row, const struct elf_reloc *reloc, json_value *into)
{
	struct reference reference;

	if (reference_of(changeset, atom, row, reloc, &reference) < 0 ||
	    reference.kind != REFERENCE_ORIGINAL)
		return;

	const struct atom *to = reference.atom;
	int64_t offset = reference.offset - (int64_t)atom_entry(to);
	auto_free char *text = xasprintf("%s%+jd", atom_text(to), (intmax_t)offset);

	json_add_text(into, offset ? text : atom_text(to));
}

/* What of this unit the carried atom takes from the running kernel. */
static void write_originals(struct changeset *changeset, const struct atom *atom, json_value *into)
{
	for (size_t i = 0; i < atom->reloc_count; i++)
		write_original(changeset, atom, NULL, &atom->relocs[i], into);
	for (const struct row *row = atom->rows; row; row = row->next)
		for (size_t i = 1; i < row->reloc_count; i++)
			write_original(changeset, atom, row, &row->relocs[i], into);
}

static void write_records(const struct changeset *changeset, json_value *into)
{
	json_value *callbacks = json_set_object(into, "callbacks");
	json_value *states = json_set_array(into, "states");

	for (size_t i = 0; i < CALLBACK_COUNT; i++)
		if (changeset->callbacks[i])
			json_set_text(callbacks, callback_kind_name(i),
				      changeset->callbacks[i]->name);
	for (size_t i = 0; i < changeset->state_count; i++) {
		json_value *item = json_add_object(states);

		json_set_int(item, "id", (int64_t)changeset->states[i].id);
		json_set_int(item, "version", changeset->states[i].version);
	}
}

void code_facts_write(const struct code_facts *code, json_value *into)
{
	json_set_int(into, "changed", (int64_t)code->changed);
	json_set_int(into, "new", (int64_t)code->added);
	json_set_int(into, "initialisation", (int64_t)code->initialisation);
}

void changeset_write(struct changeset *changeset, json_value *into)
{
	json_set_text(into, "unit", changeset->unit);
	code_facts_write(&changeset->code, json_set_object(into, "code"));

	json_value *carried = json_set_array(into, "carried");

	for (size_t i = 0; i < changeset->carried_count; i++) {
		const struct atom *atom = changeset->carried[i];
		json_value *item = json_add_object(carried);

		json_set_text(item, "name", atom_text(atom));
		json_set_text(item, "kind", kind_of(atom));
		json_set_text(item, "section", atom->section->name);
		json_set_int(item, "size", (int64_t)(atom->end - atom->start));
		write_rows(atom, false, json_set_object(item, "sections"));
		write_rows(atom, true, json_set_object(item, "marks"));
		write_originals(changeset, atom, json_set_array(item, "originals"));
		if (atom->state == ATOM_CHANGED)
			json_set_text(item, "why", atom->why);
	}
	write_records(changeset, into);
	finding_list_write(&changeset->findings, json_set_array(into, "findings"));
}

void changeset_describe(const struct changeset *changeset, struct buffer *into)
{
	buffer_printf(into, "%s: %zu functions changed, %zu new, %zu new variables\n",
		      changeset->unit, changeset->changed_functions, changeset->new_functions,
		      changeset->new_data);
	for (size_t i = 0; i < changeset->carried_count; i++) {
		const struct atom *atom = changeset->carried[i];
		bool told = atom->symbol && !atom->parent;

		if (!told)
			continue;
		buffer_printf(into, "  %-18s %s", kind_of(atom), atom->name);
		if (atom->state == ATOM_CHANGED)
			buffer_printf(into, " (%s)", atom->why);
		buffer_add_char(into, '\n');
	}
	for (size_t i = 0; i < CALLBACK_COUNT; i++)
		if (changeset->callbacks[i])
			buffer_printf(into, "  %-18s %s\n", callback_kind_name(i),
				      changeset->callbacks[i]->name);
	for (size_t i = 0; i < changeset->state_count; i++)
		buffer_printf(into, "  %-18s %ju version %u\n", "state",
			      (uintmax_t)changeset->states[i].id, changeset->states[i].version);
	for (size_t i = 0; i < changeset->findings.count; i++) {
		auto_free char *text = finding_text(&changeset->findings.items[i]);

		buffer_printf(into, "  %s\n", text);
	}
}
