// SPDX-License-Identifier: GPL-2.0-or-later
#include "proof/intent.h"

#include <stdio.h>
#include <string.h>

#include "proof/audit_private.h"
#include "target/placement.h"

struct spot { /* in the module */
	const struct elf_section *section;
	uint64_t offset;
};

struct piece { /* a carried atom */
	const struct atom *atom;
	size_t unit; /* index into the intent's units */
	struct spot spot; /* of its start in the module; section NULL: not found yet */
	bool is_checked;
};

struct intent_check {
	struct audit_work *work;
	const struct intent *intent;
	struct piece *pieces;
	size_t count, capacity;
	struct map *by_atom; /* address of the atom, printed -> struct piece */
	struct placements *placements; /* of each unit's plain object */
	struct object **plains;
	size_t functions; /* replaced ones found */
};

static struct piece *piece_of(const struct intent_check *check, const struct atom *atom)
{
	char key[32];

	snprintf(key, sizeof(key), "%p", (const void *)atom);
	return map_find(check->by_atom, key);
}

static void add_pieces(struct intent_check *check)
{
	for (size_t i = 0; i < check->intent->count; i++) {
		const struct changeset *changeset = check->intent->units[i].changeset;

		for (size_t k = 0; k < changeset->carried_count; k++) {
			ARRAY_GROW(check->pieces, check->capacity, check->count + 1);
			check->pieces[check->count++] = (struct piece){
				.atom = changeset->carried[k], .unit = i,
			};
		}
	}
	for (size_t i = 0; i < check->count; i++) {
		char key[32];

		snprintf(key, sizeof(key), "%p", (const void *)check->pieces[i].atom);
		map_set(check->by_atom, key, &check->pieces[i]);
	}
}

static const struct elf_reloc *find_reloc(const struct elf_relocs *relocs, uint64_t offset)
{
	size_t low = 0, high = relocs->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (relocs->items[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < relocs->count && relocs->items[low].offset == offset ? &relocs->items[low]
									  : NULL;
}

/* Of the loader's relocations and of livepatch's. */
static const struct elf_reloc *reloc_at(const struct intent_check *check, struct spot spot)
{
	const struct object *module = check->work->module;
	const struct elf_reloc *reloc = find_reloc(&spot.section->relocs, spot.offset);

	for (size_t i = 0; i < module->klp_count && !reloc; i++)
		if (module->klp[i]->target == spot.section)
			reloc = find_reloc(&module->klp[i]->relocs, spot.offset);
	return reloc;
}

static size_t count_in(const struct elf_relocs *relocs, uint64_t start, uint64_t end)
{
	size_t count = 0;

	for (size_t i = 0; i < relocs->count; i++)
		count += relocs->items[i].offset >= start && relocs->items[i].offset < end &&
			 relocs->items[i].type != R_X86_64_NONE;
	return count;
}

static size_t count_relocs(const struct intent_check *check, struct spot spot, uint64_t size)
{
	const struct object *module = check->work->module;
	size_t count = count_in(&spot.section->relocs, spot.offset, spot.offset + size);

	for (size_t i = 0; i < module->klp_count; i++)
		if (module->klp[i]->target == spot.section)
			count += count_in(&module->klp[i]->relocs, spot.offset, spot.offset + size);
	return count;
}

/* Index of the running kernel's symbol that is meant by a symbol of the original unit. */
static size_t own_index(const struct intent_check *check, size_t unit,
			const struct elf_symbol *symbol)
{
	const struct elf_symbol *plain = object_find_symbol(check->plains[unit], symbol->name);

	return plain ? placement_symbol(&check->placements[unit], plain) : SIZE_MAX;
}

/* Index of the symbol that a livepatch symbol's name finds. Quiet: klp-symbols has looked at it. */
static size_t found_index(const struct symbol_table *table, const char *name, uint64_t sympos)
{
	size_t index = symbol_first(table, name);

	for (uint64_t i = 1; i < sympos && index != SIZE_MAX; i++)
		index = symbol_next(table, index);
	return index;
}

static bool is_symbol(const struct intent_check *check, size_t unit, const struct elf_symbol *found,
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
	index = shipped ? found_index(shipped_symbols(shipped), name, sympos) : SIZE_MAX;
	if (index == SIZE_MAX)
		return false;
	if (wanted != SIZE_MAX)
		return index == wanted;
	return symbol_count(shipped_symbols(shipped), name) == 1 ||
	       strchr("TWVDBRAwv", shipped_symbols(shipped)->items[index].type);
}

/* A piece is where the first reference to it leads; all others must lead there too. */
static bool is_piece(const struct intent_check *check, const struct atom *atom, struct spot start)
{
	struct piece *piece = piece_of(check, atom);

	if (!piece || !start.section)
		return false;
	if (!piece->spot.section) {
		if (start.offset > start.section->size ||
		    atom->end - atom->start > start.section->size - start.offset)
			return false;
		if (atom->symbol && atom->is_function) {
			bool named = false;

			for (size_t i = 0; i < start.section->symbol_count; i++)
				named |= !strcmp(start.section->symbols[i]->name, atom->name) &&
					 start.section->symbols[i]->value ==
						 start.offset + atom_entry(atom);
			if (!named)
				return false;
		}
		piece->spot = start;
	}
	return piece->spot.section == start.section && piece->spot.offset == start.offset;
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
	return is_piece(check, reference->atom, start);
}

static bool leads_to_copy(const struct elf_reloc *found, const struct reference *reference)
{
	const struct elf_section *section = found->symbol ? found->symbol->section : NULL;
	uint64_t offset;

	if (!section || !section->data || (section->flags & SHF_WRITE))
		return false;
	offset = found->symbol->value + (uint64_t)(found->addend + reference->target.tail);
	return offset <= section->size && reference->target.size <= section->size - offset &&
	       !memcmp(section->data + offset, reference->target.bytes, reference->target.size);
}

/* A global function or variable that another unit of the patch newly defines. */
static const struct atom *new_global(const struct intent_check *check, const char *name)
{
	for (size_t i = 0; i < check->intent->count; i++) {
		const struct atom *atom =
			changeset_new_global(check->intent->units[i].changeset, name);

		if (atom && atom->is_carried)
			return atom;
	}
	return NULL;
}

static bool leads_outside(const struct intent_check *check, size_t unit,
			  const struct elf_reloc *found, const struct reference *reference)
{
	const char *name = reference->target.symbol->name;
	const struct atom *atom = new_global(check, name);
	struct spot start;

	if (!atom)
		return is_symbol(check, unit, found->symbol, name, SIZE_MAX) &&
		       found->addend + reference->target.tail == reference->offset;
	if (!found->symbol || !found->symbol->section)
		return false;
	start.section = found->symbol->section;
	start.offset = found->symbol->value + (uint64_t)(found->addend + reference->target.tail -
							 reference->offset) - atom_entry(atom);
	return is_piece(check, atom, start);
}

static bool is_right_reloc(const struct intent_check *check, const struct piece *piece,
			   const struct row *row, const struct elf_reloc *wanted, struct spot field)
{
	const struct elf_reloc *found = reloc_at(check, field);
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
		return leads_to_copy(found, &reference);
	case REFERENCE_OUTSIDE:
		return leads_outside(check, piece->unit, found, &reference);
	case REFERENCE_NUMBER:
		return !found->symbol && found->addend + reference.target.tail == reference.offset;
	case REFERENCE_ORIGINAL:
		break;
	}
	offset = reference.offset - (int64_t)atom_entry(reference.atom);
	return reference.atom->symbol &&
	       is_symbol(check, piece->unit, found->symbol, reference.atom->symbol->name,
			 own_index(check, piece->unit, reference.atom->symbol)) &&
	       found->addend + reference.target.tail == offset;
}

/* Static branches: objtool has written a nop over the jump (see target/placement.c). */
static unsigned branch_nop(const struct piece *piece, uint64_t offset, const uint8_t *theirs)
{
	const uint8_t *code = piece->atom->section->data + piece->atom->start + offset;
	unsigned size = code[0] == 0xeb ? 2 : code[0] == 0xe9 ? 5 : 0;

	for (const struct row *row = piece->atom->rows; row; row = row->next)
		if (!strcmp(row->section->name, "__jump_table") && row->place == offset && size &&
		    row->reloc_count == 3 && (row->relocs[2].addend & 2) &&
		    !memcmp(theirs, size == 2 ? "\x66\x90" : "\x0f\x1f\x44\x00\x00", size))
			return size;
	return 0;
}

/* Values that the kernel writes into its own code at boot: in a module, the variable is loaded with
 * an instruction of the same ten bytes (asm/runtime-const.h). */
static unsigned runtime_load(const struct intent_check *check, const struct piece *piece,
			     uint64_t offset, const uint8_t *theirs)
{
	const uint8_t *code = piece->atom->section->data + piece->atom->start + offset;
	struct spot field = { piece->spot.section, piece->spot.offset + offset + 3 };

	for (const struct row *row = piece->atom->rows; row; row = row->next) {
		const char *name = row->section->name;
		const struct elf_reloc *reloc;
		uint8_t modrm = (uint8_t)((code[1] & 7) << 3 | 5);

		if (strncmp(name, "runtime_ptr_", 12) || row->place != offset + 2)
			continue;
		reloc = reloc_at(check, field);
		if (theirs[0] == (0x48 | (code[0] & 1 ? 4 : 0)) && theirs[1] == 0x8b &&
		    theirs[2] == modrm && !memcmp(theirs + 7, "\x0f\x1f\x00", 3) && reloc &&
		    reloc->addend == -4 && reloc->type == R_X86_64_PC32 &&
		    is_symbol(check, piece->unit, reloc->symbol, name + 12, SIZE_MAX))
			return 10;
	}
	return 0;
}

static void piece_fail(const struct intent_check *check, const struct piece *piece, uint64_t offset,
		       const char *text)
{
	audit_fail(check->work, "%s+0x%jx: %s", atom_text(piece->atom), (uintmax_t)offset, text);
}

static bool is_row_about(const struct piece *piece, const char *prefix, uint64_t offset)
{
	for (const struct row *row = piece->atom->rows; row; row = row->next)
		if (!strncmp(row->section->name, prefix, strlen(prefix)) && row->place == offset)
			return true;
	return false;
}

/* Bytes outside of relocations, and the relocations. */
static void check_piece(const struct intent_check *check, const struct piece *piece)
{
	const struct atom *atom = piece->atom;
	const uint8_t *ours = atom->section->data ? atom->section->data + atom->start : NULL;
	const uint8_t *theirs = piece->spot.section->data
					? piece->spot.section->data + piece->spot.offset : NULL;
	uint64_t size = atom->end - atom->start;
	size_t wanted = 0, next = 0;

	if (!ours || !theirs) {
		if (ours || theirs)
			piece_fail(check, piece, 0, "it has bytes only on one side");
		return;
	}
	for (uint64_t i = 0; i < size;) {
		const struct elf_reloc *reloc =
			next < atom->reloc_count ? &atom->relocs[next] : NULL;
		struct spot field = { piece->spot.section, piece->spot.offset + i };
		unsigned nop = is_row_about(piece, "__jump_table", i) ? branch_nop(piece, i, &theirs[i]) : 0;
		unsigned load = !nop && is_row_about(piece, "runtime_ptr_", i + 2)
					? runtime_load(check, piece, i, &theirs[i]) : 0;

		if (nop || load) {
			wanted += load ? 1 : 0;
			i += nop + load;
			while (next < atom->reloc_count && atom->relocs[next].offset - atom->start < i)
				next++;
			continue;
		}
		if (reloc && reloc->offset - atom->start == i) {
			if (!is_right_reloc(check, piece, NULL, reloc, field))
				piece_fail(check, piece, i, "it refers to something else than meant");
			i += reloc_size(reloc->type);
			next++;
			wanted++;
			continue;
		}
		if (ours[i] != theirs[i]) {
			piece_fail(check, piece, i, "the module has other bytes");
			return;
		}
		i++;
	}
	if (wanted != count_relocs(check, piece->spot, size))
		piece_fail(check, piece, 0, "the module has another number of relocations");
}

static bool in_reloc(const struct row *row, uint64_t offset)
{
	for (size_t i = 0; i < row->reloc_count; i++)
		if (offset >= row->relocs[i].offset &&
		    offset < row->relocs[i].offset + reloc_size(row->relocs[i].type))
			return true;
	return false;
}

/* The bytes first: only a row that is meant may say where a piece of code is. */
static bool is_right_row(const struct intent_check *check, const struct piece *piece,
			 const struct row *row, struct spot spot)
{
	const uint8_t *ours = row->section->data + row->offset, *theirs;

	if (!spot.section->data || row->size > spot.section->size - spot.offset)
		return false;
	theirs = spot.section->data + spot.offset;
	for (uint64_t i = 0; i < row->size; i++)
		if (ours[i] != theirs[i] && !in_reloc(row, row->offset + i))
			return false;
	for (size_t i = 0; i < row->reloc_count; i++) {
		const struct elf_reloc *reloc = &row->relocs[i];
		struct spot field = { spot.section, spot.offset + reloc->offset - row->offset };

		if (!is_right_reloc(check, piece, row, reloc, field))
			return false;
	}
	return true;
}

static void check_row(const struct intent_check *check, const struct piece *piece,
		      const struct row *row)
{
	const struct elf_section *section =
		object_find_section(check->work->module, row->section->name);

	for (uint64_t at = 0; section && at + row->size <= section->size; at += row->size)
		if (is_right_row(check, piece, row, (struct spot){ section, at }))
			return;
	audit_fail(check->work, "%s+0x%jx: its row in %s is missing or wrong",
		   atom_text(piece->atom), (uintmax_t)row->place, row->section->name);
}

static bool is_in_module(const struct row *row)
{
	return !section_rule_find(row->section)->discarded &&
	       strncmp(row->section->name, "runtime_", 8) != 0;
}

static bool check_reached(struct intent_check *check)
{
	bool any = false;

	for (size_t i = 0; i < check->count; i++) {
		struct piece *piece = &check->pieces[i];

		if (!piece->spot.section || piece->is_checked)
			continue;
		piece->is_checked = true;
		any = true;
		check_piece(check, piece);
		for (const struct row *row = piece->atom->rows; row; row = row->next)
			if (is_in_module(row))
				check_row(check, piece, row);
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
	size_t wanted = own_index(check, piece->unit, old);

	check->functions++;
	for (size_t i = 0; shipped && i < livepatch->count; i++) {
		const struct livepatch_function *function = &livepatch->functions[i];
		struct spot start = { function->code_section,
				      function->code_offset - atom_entry(piece->atom) };

		if (strcmp(function->object, unit->object) || strcmp(function->name, old->name) ||
		    found_index(shipped_symbols(shipped), old->name, function->sympos) != wanted)
			continue;
		if (wanted != SIZE_MAX && is_piece(check, piece->atom, start))
			return;
	}
	audit_fail(check->work, "%s of %s is changed by the patch, and the module does not replace it by the new code",
		   old->name, unit->object);
}

static void find_functions(struct intent_check *check)
{
	for (size_t i = 0; i < check->count; i++) {
		struct piece *piece = &check->pieces[i];

		if (piece->atom->is_function && piece->atom->state == ATOM_CHANGED &&
		    piece->atom->twin && !piece->atom->parent && piece->atom->twin->symbol)
			find_function(check, piece);
	}
	if (check->functions != check->work->livepatch.count)
		audit_fail(check->work, "the patch changes %zu functions, the module replaces %zu",
			   check->functions, check->work->livepatch.count);
}

/* Pieces that nothing reached, by their names. */
static void find_rest(struct intent_check *check)
{
	for (size_t i = 0; i < check->count; i++) {
		struct piece *piece = &check->pieces[i];
		const struct elf_symbol *symbol =
			piece->atom->symbol && !piece->spot.section
				? object_find_symbol(check->work->module, piece->atom->name) : NULL;

		if (symbol && symbol->section)
			is_piece(check, piece->atom,
				 (struct spot){ symbol->section, symbol->value -
								 atom_entry(piece->atom) });
	}
}

static bool is_init_spot(const struct elf_reloc *reloc)
{
	const struct elf_section *section = reloc->symbol ? reloc->symbol->section : NULL;

	return section && (!strncmp(section->name, ".init", 5) || !strncmp(section->name, ".exit", 5));
}

/* Rows that are not about the init and exit functions, which every livepatch has. */
static size_t count_rows(const struct intent_check *check, const struct elf_section *section,
			 size_t row_relocs)
{
	struct spot start = { section, 0 };
	size_t rows = count_relocs(check, start, section->size) / row_relocs, count = 0;

	for (size_t i = 0; i < rows; i++) {
		struct spot field = { section, i * (section->size / rows) };
		const struct elf_reloc *reloc;

		field.offset += section->relocs.count ? section->relocs.items[0].offset : 0;
		reloc = reloc_at(check, field);
		count += reloc && !is_init_spot(reloc);
	}
	return count;
}

/* No row is about code of the patch that no piece of the patch has. */
static void check_row_counts(const struct intent_check *check)
{
	const struct object *module = check->work->module;

	for (size_t i = 0; i < module->section_count; i++) {
		const struct elf_section *section = module->sections[i];
		const struct section_rule *rule = section_rule_find(section);
		size_t wanted = 0, found;

		if (rule->kind != SECTION_ROWS || rule->discarded || !section->size)
			continue;
		for (size_t k = 0; k < check->count; k++)
			for (const struct row *row = check->pieces[k].atom->rows; row; row = row->next)
				wanted += !strcmp(row->section->name, section->name);
		found = count_rows(check, section, rule->row_relocs);
		if (wanted != found)
			audit_fail(check->work, "%s has %zu rows about the patch's code, the patch %zu",
				   section->name, found, wanted);
	}
}

static bool is_same_reloc(const struct elf_reloc *a, const struct elf_reloc *b, uint64_t shift)
{
	const char *x = a->symbol && a->symbol->section ? a->symbol->section->name : NULL;
	const char *y = b->symbol && b->symbol->section ? b->symbol->section->name : NULL;

	if (a->type != b->type || a->offset + shift != b->offset || !x != !y)
		return false;
	if (!x) /* in the patch's object, a prefix may say for which module the symbol is */
		return a->addend == b->addend && a->symbol && b->symbol &&
		       has_suffix(a->symbol->name, b->symbol->name);
	return !strcmp(x, y) && (int64_t)a->symbol->value + a->addend ==
					(int64_t)b->symbol->value + b->addend;
}

/* What objtool made for the patch stands in the module's section behind what it made for the init
 * and exit functions. */
static void check_processed_section(const struct intent_check *check,
				    const struct elf_section *ours)
{
	const struct elf_section *theirs = object_find_section(check->work->module, ours->name);
	uint64_t shift;

	if (!theirs || theirs->size < ours->size || !theirs->data) {
		audit_fail(check->work, "%s of the patch is not in the module", ours->name);
		return;
	}
	shift = theirs->size - ours->size;
	for (uint64_t i = 0; i < ours->size; i++)
		if (ours->data[i] != theirs->data[shift + i]) {
			audit_fail(check->work, "%s+0x%jx is another one than objtool has made",
				   ours->name, (uintmax_t)(shift + i));
			return;
		}
	for (size_t i = 0; i < ours->relocs.count; i++) {
		struct spot spot = { theirs, ours->relocs.items[i].offset + shift };
		const struct elf_reloc *found = reloc_at(check, spot);

		if (!found || !is_same_reloc(&ours->relocs.items[i], found, shift))
			audit_fail(check->work, "%s+0x%jx leads elsewhere than objtool has made it",
				   ours->name, (uintmax_t)spot.offset);
	}
}

static void check_processed(const struct intent_check *check)
{
	auto_object struct object *processed = NULL;
	struct error err;

	if (!check->intent->processed)
		return;
	if (object_read(check->intent->processed, 0, &processed, &err) < 0) {
		audit_fail(check->work, "%s", err.msg);
		return;
	}
	for (size_t i = 0; i < processed->section_count; i++) {
		const struct elf_section *section = processed->sections[i];

		if (section_rule_find(section)->kind == SECTION_REGENERATED && section->size &&
		    section->data && strcmp(section->name, ".orc_header"))
			check_processed_section(check, section);
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
				     !is_piece(check, atom,
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

static void check_all(struct intent_check *check)
{
	add_pieces(check);
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
	check_row_counts(check);
	check_processed(check);
}

void audit_intent(struct audit_work *work)
{
	struct intent_check check = { .work = work, .intent = work->request->intent };

	if (!check.intent) {
		audit_note(work, "the objects that it was made from are not at hand: whether the new code is the right code is not known");
		return;
	}
	check.by_atom = map_new();
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
}
