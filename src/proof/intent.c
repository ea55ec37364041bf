// SPDX-License-Identifier: GPL-2.0-or-later
#include "proof/intent.h"

#include <fnmatch.h>
#include <string.h>

#include "diff/renamed.h"
#include "proof/intent_private.h"

static bool check_reached(struct intent_check *check)
{
	bool any = false;

	for (size_t i = 0; i < check->count; i++) {
		struct piece *piece = &check->pieces[i];

		if (!piece->spot.section || piece->is_checked)
			continue;
		piece->is_checked = true;
		any = true;
		intent_check_piece(check, piece);
		intent_check_rows_of(check, piece);
	}
	return any;
}

/* The replaced functions: by object, name and position, which give the new code its place. */
static void find_function(struct intent_check *check, struct piece *piece)
{
	const struct livepatch *livepatch = &check->work->livepatch;
	const struct intent_unit *unit = &check->intent->units[piece->unit];
	const struct elf_symbol *old = piece->atom->twin->symbol;
	const struct shipped *shipped = audit_shipped(check->work, unit->object);
	size_t wanted = intent_own_index(check, piece->unit, old);

	check->functions++;
	for (size_t i = 0; shipped && i < livepatch->count; i++) {
		const struct livepatch_function *function = &livepatch->functions[i];
		struct spot start = { function->code_section,
				      function->code_offset - atom_entry(piece->atom) };

		if (strcmp(function->object, unit->object) || strcmp(function->name, old->name) ||
		    intent_found_index(shipped_symbols(shipped), old->name, function->sympos) != wanted)
			continue;
		if (wanted != SIZE_MAX && intent_is_piece(check, piece->atom, start))
			return;
	}
	audit_fail(check->work, "%s of %s is changed by the patch, and the module does not replace it by the new code",
		   old->name, unit->object);
}

static void find_functions(struct intent_check *check)
{
	for (size_t i = 0; i < check->count; i++) {
		struct piece *piece = &check->pieces[i];

		if (atom_is_replacement(piece->atom) && piece->atom->twin->symbol)
			find_function(check, piece);
	}
	if (check->functions != check->work->livepatch.count)
		audit_fail(check->work, "the patch changes %zu functions, the module replaces %zu",
			   check->functions, check->work->livepatch.count);
}

static const struct elf_symbol *find_by_name(const struct intent_check *check,
					     const struct atom *atom)
{
	auto_free char *within = xasprintf(WITHIN_PREFIX "%s", name_in_module(atom));
	const struct elf_symbol *symbol =
		object_find_symbol(check->work->module, name_in_module(atom));

	return symbol || !atom->is_function ? symbol :
					      object_find_symbol(check->work->module, within);
}

/* Pieces that nothing reached, by their names. */
static void find_rest(struct intent_check *check)
{
	for (size_t i = 0; i < check->count; i++) {
		struct piece *piece = &check->pieces[i];
		const struct elf_symbol *symbol =
			piece->atom->symbol && !piece->spot.section
				? find_by_name(check, piece->atom) : NULL;

		if (symbol && symbol->section)
			intent_is_piece(check, piece->atom,
				 (struct spot){ symbol->section, symbol->value -
								 atom_entry(piece->atom) });
	}
}

static bool open_units(struct intent_check *check)
{
	struct error err;

	check->placements = xcalloc(check->intent->count, sizeof(*check->placements));
	check->plains = xcalloc(check->intent->count, sizeof(*check->plains));
	for (size_t i = 0; i < check->intent->count; i++) {
		const struct intent_unit *unit = &check->intent->units[i];
		const struct shipped *shipped;

		if (changeset_is_empty(unit->changeset))
			continue;
		shipped = audit_shipped(check->work, unit->object);
		if (!shipped)
			return false;
		if (object_read(unit->plain, 0, &check->plains[i], &err) < 0) {
			audit_fail(check->work, "%s", err.msg);
			return false;
		}
		placements_make(check->plains[i], shipped, &check->placements[i]);
	}
	return true;
}

static const struct livepatch_callback *find_callback(const struct livepatch *livepatch,
						      const char *object, unsigned kind)
{
	for (size_t i = 0; i < livepatch->callback_count; i++)
		if (livepatch->callbacks[i].kind == kind &&
		    !strcmp(livepatch->callbacks[i].object, object))
			return &livepatch->callbacks[i];
	return NULL;
}

/* Each callback of the patch stands in its object, and no other. */
static void find_callbacks(struct intent_check *check)
{
	const struct livepatch *livepatch = &check->work->livepatch;
	size_t wanted = 0;

	for (size_t i = 0; i < check->intent->count; i++) {
		const struct intent_unit *unit = &check->intent->units[i];

		for (unsigned kind = 0; kind < CALLBACK_COUNT; kind++) {
			const struct atom *atom = unit->changeset->callbacks[kind];
			const struct livepatch_callback *found =
				atom ? find_callback(livepatch, unit->object, kind) : NULL;

			wanted += atom != NULL;
			if (atom && (!found ||
				     !intent_is_piece(check, atom,
					       (struct spot){ found->code_section,
							      found->code_offset - atom_entry(atom) })))
				audit_fail(check->work, "%s is the %s callback of %s, and the module has none or another",
					   atom->name, callback_kind_name(kind), unit->object);
		}
	}
	if (wanted != livepatch->callback_count)
		audit_fail(check->work, "the patch has %zu callbacks, the module %zu", wanted,
			   livepatch->callback_count);
}

static const struct klp_state_fact *find_state(const struct intent *intent, uint64_t id)
{
	for (size_t i = 0; i < intent->count; i++) {
		const struct changeset *changeset = intent->units[i].changeset;

		for (size_t k = 0; k < changeset->state_count; k++)
			if (changeset->states[k].id == id)
				return &changeset->states[k];
	}
	return NULL;
}

static bool has_state(const struct livepatch *livepatch, const struct klp_state_fact *state)
{
	for (size_t i = 0; i < livepatch->state_count; i++)
		if (livepatch->states[i].id == state->id &&
		    livepatch->states[i].version == state->version)
			return true;
	return false;
}

static void check_states(const struct intent_check *check)
{
	const struct livepatch *livepatch = &check->work->livepatch;

	for (size_t i = 0; i < livepatch->state_count; i++)
		if (!find_state(check->intent, livepatch->states[i].id))
			audit_fail(check->work, "the patch does not declare state %ju",
				   (uintmax_t)livepatch->states[i].id);
	for (size_t i = 0; i < check->intent->count; i++) {
		const struct changeset *changeset = check->intent->units[i].changeset;

		for (size_t k = 0; k < changeset->state_count; k++)
			if (!has_state(livepatch, &changeset->states[k]))
				audit_fail(check->work, "the patch declares state %ju version %u, the module does not",
					   (uintmax_t)changeset->states[k].id,
					   changeset->states[k].version);
	}
}

/* What every module of suture has besides the patch: kbuild's template, and the tables. */
static const char *const glue[] = {
	".gnu.linkonce.this_module", ".modinfo", "__versions", "__version_ext_crcs",
	"__version_ext_names", ".note*", ".data", ".data.suture_*", ".rodata.suture_text",
	".init.text", ".init.data", ".exit.text", ".exit.data", "__patchable_function_entries",
	"__mcount_loc", ".orc_header", ".BTF", ".codetag.alloc_tags",
};

static bool is_explained(const struct intent_check *check, const struct elf_section *section)
{
	enum section_kind kind = section_rule_find(section)->kind;

	if (kind == SECTION_ROWS || kind == SECTION_REGENERATED || /* these are counted */
	    map_has(check->copies, section->name))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(glue); i++)
		if (!fnmatch(glue[i], section->name, 0))
			return true;
	for (size_t i = 0; i < check->count; i++)
		if (check->pieces[i].spot.section == section)
			return true;
	return false;
}

static void check_sections(const struct intent_check *check)
{
	const struct object *module = check->work->module;

	for (size_t i = 0; i < module->section_count; i++)
		if ((module->sections[i]->flags & SHF_ALLOC) && module->sections[i]->size &&
		    !is_explained(check, module->sections[i]))
			audit_fail(check->work, "the section %s is no part of the patch",
				   module->sections[i]->name);
}

static void check_all(struct intent_check *check)
{
	intent_add_pieces(check);
	find_functions(check);
	find_callbacks(check);
	check_states(check);
	while (check_reached(check))
		;
	find_rest(check);
	while (check_reached(check))
		;
	for (size_t i = 0; i < check->count; i++)
		if (!check->pieces[i].spot.section)
			audit_fail(check->work, "%s is part of the patch, and nothing in the module leads to it",
				   atom_text(check->pieces[i].atom));
	check_sections(check);
	intent_check_row_counts(check);
	intent_check_processed(check);
}

void audit_intent(struct audit_work *work)
{
	struct intent_check check = { .work = work, .intent = work->request->intent };

	if (!check.intent) {
		audit_note(work, "the objects that it was made from are not at hand: whether the new code is the right code is not known");
		return;
	}
	check.by_atom = map_new();
	check.copies = map_new();
	if (open_units(&check))
		check_all(&check);
	for (size_t i = 0; i < check.intent->count; i++) {
		placements_clear(&check.placements[i]);
		object_free(check.plains[i]);
	}
	free(check.placements);
	free(check.plains);
	free(check.pieces);
	map_free(check.by_atom);
	map_free(check.copies);
}
