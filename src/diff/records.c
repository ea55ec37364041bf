// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/records.h"

#include <string.h>

#define RECORD_SIZE 16
#define RECORD_LIMIT 1024 /* records of one section */

const char *callback_kind_name(enum callback_kind kind)
{
	static const char *const names[] = { "pre_patch", "post_patch", "pre_unpatch",
					     "post_unpatch" };

	return names[kind];
}

static uint64_t number_at(const struct elf_section *section, uint64_t offset, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, section->data + offset, size);
	return value;
}

/* A function of this unit that the patch adds: the running kernel has none that it could call.
 * Without one *ret_atom is NULL, and a finding says so. */
static int find_callback(struct changeset *changeset, const struct elf_section *section,
			 const struct elf_reloc *reloc, struct atom **ret_atom, struct error *err)
{
	struct target target;
	struct atom *atom;

	*ret_atom = NULL;
	if (target_of(section, reloc, &target, err) < 0)
		return -1;
	atom = target.kind == TARGET_ATOM ? target.atom : NULL;
	if (atom && atom->is_function && !atom->parent && atom->kind == SECTION_TEXT &&
	    atom->state == ATOM_NEW && target.offset == (int64_t)atom_entry(atom) &&
	    reloc->type == R_X86_64_64)
		*ret_atom = atom;
	else
		finding_add(&changeset->findings, RULE_CALLBACKS, changeset->unit,
			    atom			  ? atom_text(atom) :
			    target.kind == TARGET_OUTSIDE ? target.symbol->name :
							    NULL,
			    section->name, "the callback is no function that the patch adds to this file");
	return 0;
}

static int read_callback(struct changeset *changeset, const struct elf_section *section,
			 uint64_t offset, struct error *err)
{
	const struct elf_reloc *reloc = relocs_at(&section->relocs, offset + 8);
	uint64_t kind = number_at(section, offset, 8);
	struct atom *atom;

	if (kind >= CALLBACK_COUNT || !reloc) {
		finding_add(&changeset->findings, RULE_CALLBACKS, changeset->unit, NULL,
			    section->name, "the record at 0x%jx is not one of suture/livepatch.h",
			    (uintmax_t)offset);
		return 0;
	}
	if (find_callback(changeset, section, reloc, &atom, err) < 0)
		return -1;
	if (atom && changeset->callbacks[kind])
		finding_add(&changeset->findings, RULE_CALLBACKS, changeset->unit, atom->name,
			    section->name, "%s is a %s callback of the same object already",
			    changeset->callbacks[kind]->name, callback_kind_name(kind));
	if (atom)
		changeset->callbacks[kind] = atom;
	return 0;
}

static void read_state(struct changeset *changeset, const struct elf_section *section,
		       uint64_t offset)
{
	struct klp_state_fact state = {
		.id = number_at(section, offset, 8),
		.version = (uint32_t)number_at(section, offset + 8, 4),
	};

	/* kernel/livepatch/state.c, klp_for_each_state(): number 0 ends the list. */
	if (state.id == 0 || number_at(section, offset + 12, 4) != 0) {
		finding_add(&changeset->findings, RULE_STATES, changeset->unit, NULL, section->name,
			    state.id ? "the record at 0x%jx is not one of suture/livepatch.h" :
				       "the state at 0x%jx has the number 0, which ends the kernel's list",
			    (uintmax_t)offset);
		return;
	}
	ARRAY_GROW(changeset->states, changeset->state_capacity, changeset->state_count + 1);
	changeset->states[changeset->state_count++] = state;
}

static bool has_whole_records(struct changeset *changeset, const struct elf_section *section,
			      bool is_callbacks)
{
	if (section->data && section->size % RECORD_SIZE == 0 &&
	    section->size <= RECORD_LIMIT * RECORD_SIZE)
		return true;
	finding_add(&changeset->findings, is_callbacks ? RULE_CALLBACKS : RULE_STATES,
		    changeset->unit, NULL, section->name,
		    "the section has %ju bytes, which are no records of suture/livepatch.h",
		    (uintmax_t)section->size);
	return false;
}

int records_read(struct changeset *changeset, struct error *err)
{
	const struct object *object = changeset->new->object;

	for (size_t i = 0; i < object->section_count; i++) {
		const struct elf_section *section = object->sections[i];
		bool is_callbacks = !strcmp(section->name, ".suture.callbacks");

		if (atoms_of(section)->rule->kind != SECTION_RECORDS || !section->size ||
		    !has_whole_records(changeset, section, is_callbacks))
			continue;
		for (uint64_t at = 0; at < section->size; at += RECORD_SIZE) {
			if (!is_callbacks)
				read_state(changeset, section, at);
			else if (read_callback(changeset, section, at, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* The changeset of this object that has a callback of the kind, or NULL. */
static const struct changeset *find_callback_of(struct changeset *const *changesets,
						const char *const *objects, size_t count,
						const char *object, enum callback_kind kind)
{
	for (size_t i = 0; i < count; i++)
		if (changesets[i]->callbacks[kind] && !strcmp(objects[i], object))
			return changesets[i];
	return NULL;
}

/* One klp_object has room for one callback of each kind. */
static void judge_callbacks(struct changeset *const *changesets, const char *const *objects,
			    size_t i, struct finding_list *findings)
{
	for (size_t kind = 0; kind < CALLBACK_COUNT; kind++) {
		const struct atom *atom = changesets[i]->callbacks[kind];
		const struct changeset *other =
			atom ? find_callback_of(changesets, objects, i, objects[i], kind) : NULL;

		if (other)
			finding_add(findings, RULE_CALLBACKS, changesets[i]->unit, atom->name, NULL,
				    "%s has a %s callback already: %s of %s", objects[i],
				    callback_kind_name(kind), other->callbacks[kind]->name,
				    other->unit);
	}
}

/* klp_get_state() in kernel/livepatch/state.c finds the first of a number only. A header that
 * several units include, and a unit of several modules, say the same thing more than once. */
static void judge_state(struct changeset *const *changesets, size_t i, size_t k,
			struct finding_list *findings)
{
	const struct klp_state_fact *state = &changesets[i]->states[k];

	for (size_t j = 0; j <= i; j++)
		for (size_t m = 0; m < (j < i ? changesets[j]->state_count : k); m++) {
			const struct klp_state_fact *other = &changesets[j]->states[m];

			if (other->id == state->id && other->version != state->version)
				finding_add(findings, RULE_STATES, changesets[i]->unit, NULL, NULL,
					    "state %ju has version %u here and version %u in %s",
					    (uintmax_t)state->id, state->version, other->version,
					    changesets[j]->unit);
		}
}

void changesets_judge_records(struct changeset *const *changesets, const char *const *objects,
			      size_t count, struct finding_list *findings)
{
	for (size_t i = 0; i < count; i++) {
		judge_callbacks(changesets, objects, i, findings);
		for (size_t k = 0; k < changesets[i]->state_count; k++)
			judge_state(changesets, i, k, findings);
	}
}
