// SPDX-License-Identifier: GPL-2.0-or-later
/* Where the module's relocations lead, against what the patch meant by them. */
#include <string.h>

#include "proof/intent_private.h"

/* Index of the running kernel's symbol that is meant by a symbol of the original unit. */
size_t intent_own_index(const struct intent_check *check, size_t unit,
			const struct elf_symbol *symbol)
{
	const struct elf_symbol *plain = object_find_symbol(check->plains[unit], symbol->name);

	return plain ? placement_symbol(&check->placements[unit], plain) : SIZE_MAX;
}

/* Index of the symbol that a livepatch symbol's name finds. Quiet: klp-symbols has looked at it. */
size_t intent_found_index(const struct symbol_table *table, const char *name, uint64_t sympos)
{
	size_t index = symbol_first(table, name);

	for (uint64_t i = 1; i < sympos && index != SIZE_MAX; i++)
		index = symbol_next(table, index);
	return index;
}

bool intent_is_symbol(const struct intent_check *check, size_t unit, const struct elf_symbol *found,
		      const char *name, size_t wanted)
{
	const char *object = check->intent->units[unit].object;
	auto_free char *klp_object = NULL;
	auto_free char *klp_name = NULL;
	const struct symvers *symvers = check->work->symvers;
	const struct export *export = symvers_find(symvers, name);
	const struct shipped *shipped;
	uint64_t sympos;
	size_t index;

	if (!found || found->section)
		return false;
	if (found->special != SHN_LIVEPATCH) /* an export: one of its kind */
		return found->special == SHN_UNDEF && !strcmp(found->name, name);
	if (!livepatch_symbol_parse(found->name, &klp_object, &klp_name, &sympos) ||
	    strcmp(klp_name, name))
		return false;
	if (strcmp(klp_object, object) && (!export || strcmp(export->owner, klp_object)))
		return false;
	shipped = audit_shipped(check->work, klp_object);
	index = shipped ? intent_found_index(shipped_symbols(shipped), name, sympos) : SIZE_MAX;
	if (index == SIZE_MAX)
		return false;
	if (wanted != SIZE_MAX)
		return index == wanted;
	return symbol_count(shipped_symbols(shipped), name) == 1 ||
	       strchr("TWVDBRAwv", shipped_symbols(shipped)->items[index].type);
}

static bool leads_to_piece(const struct intent_check *check, const struct elf_reloc *found,
			   const struct reference *reference)
{
	struct spot start;

	if (!found->symbol || !found->symbol->section)
		return false;
	start.section = found->symbol->section;
	start.offset = found->symbol->value + (uint64_t)(found->addend + reference->target.tail -
							 reference->offset);
	return intent_is_piece(check, reference->atom, start);
}

static bool leads_to_copy(const struct intent_check *check, const struct elf_reloc *found,
			  const struct reference *reference)
{
	const struct elf_section *section = found->symbol ? found->symbol->section : NULL;
	uint64_t offset;

	if (!section || !section->data || (section->flags & SHF_WRITE))
		return false;
	offset = found->symbol->value + (uint64_t)(found->addend + reference->target.tail);
	if (offset > section->size || reference->target.size > section->size - offset ||
	    memcmp(section->data + offset, reference->target.bytes, reference->target.size))
		return false;
	if (reference->target.kind == TARGET_CONSTANT &&
	    !intent_is_aligned(reference->target.section,
			       (uint64_t)(reference->target.bytes - reference->target.section->data),
			       (struct spot){ section, offset }))
		return false;
	map_set(check->copies, section->name, check->copies);
	return true;
}

/* A global function or variable that another unit of the patch newly defines: one of the same object,
 * or one that is exported. */
static const struct atom *new_global(const struct intent_check *check, size_t from,
				     const char *name)
{
	const struct intent_unit *units = check->intent->units;

	for (size_t i = 0; i < check->intent->count; i++) {
		const struct atom *atom = changeset_new_global(units[i].changeset, name);

		if (atom && atom->is_carried &&
		    (!strcmp(units[i].object, units[from].object) ||
		     changeset_exports(units[i].changeset, name)))
			return atom;
	}
	return NULL;
}

static bool leads_outside(const struct intent_check *check, size_t unit,
			  const struct elf_reloc *found, const struct reference *reference)
{
	const char *name = reference->target.symbol->name;
	const struct atom *atom = new_global(check, unit, name);
	struct spot start;

	if (!atom)
		return intent_is_symbol(check, unit, found->symbol, name, SIZE_MAX) &&
		       found->addend + reference->target.tail == reference->offset;
	if (!found->symbol || !found->symbol->section)
		return false;
	start.section = found->symbol->section;
	start.offset = found->symbol->value + (uint64_t)(found->addend + reference->target.tail -
							 reference->offset) - atom_entry(atom);
	return intent_is_piece(check, atom, start);
}

bool intent_is_right_reloc(const struct intent_check *check, const struct piece *piece,
			   const struct row *row, const struct elf_reloc *wanted, struct spot field)
{
	const struct elf_reloc *found = intent_reloc(check, field);
	struct changeset *changeset = check->intent->units[piece->unit].changeset;
	struct reference reference;
	int64_t offset;

	if (!found || found->type != wanted->type ||
	    reference_of(changeset, piece->atom, row, wanted, &reference) < 0)
		return false;
	switch (reference.kind) {
	case REFERENCE_CARRIED:
		return leads_to_piece(check, found, &reference);
	case REFERENCE_COPY:
		return leads_to_copy(check, found, &reference);
	case REFERENCE_OUTSIDE:
		return leads_outside(check, piece->unit, found, &reference);
	case REFERENCE_NUMBER:
		return !found->symbol && found->addend + reference.target.tail == reference.offset;
	case REFERENCE_ORIGINAL:
		break;
	}
	offset = reference.offset - (int64_t)atom_entry(reference.atom);
	return reference.atom->symbol &&
	       intent_is_symbol(check, piece->unit, found->symbol, reference.atom->symbol->name,
			 intent_own_index(check, piece->unit, reference.atom->symbol)) &&
	       found->addend + reference.target.tail == offset;
}
