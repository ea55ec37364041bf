// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening an object: sections are classified, cut into atoms, decoded, and rows handed to atoms. */
#include "diff/side.h"

#include <string.h>

#include "diff/atom_name.h"
#include "diff/decode.h"
#include "diff/rows.h"
#include "elf/dwarf.h"

static struct atom *add_atom(struct side *side, struct elf_section *section, uint64_t start,
			     uint64_t end, struct elf_symbol *symbol)
{
	struct arena *arena = side->object->arena;
	struct atom *atom = arena_alloc(arena, sizeof(*atom));
	struct section_atoms *atoms = atoms_of(section);

	atom->side = side;
	atom->section = section;
	atom->kind = atoms->rule->kind;
	atom->start = start;
	atom->end = end;
	atom->symbol = symbol;
	atom->name = symbol ? symbol->name : section->name;
	atom->state = ATOM_NEW;
	atom_name_explain(atom, arena);
	atoms->items[atoms->count++] = atom;
	ARRAY_GROW(side->atoms, side->atom_capacity, side->atom_count + 1);
	side->atoms[side->atom_count++] = atom;
	return atom;
}

/* Symbols that begin an atom: functions and variables, and what has no type but stands alone. */
static bool begins_atom(const struct elf_section *section, size_t i, uint64_t covered)
{
	const struct elf_symbol *symbol = section->symbols[i];

	if (symbol->type == STT_FUNC || symbol->type == STT_OBJECT)
		return true;
	/* A label inside of a function or a variable is no atom of its own. */
	return symbol->type == STT_NOTYPE && symbol->value >= covered;
}

/* The better name of several at one place: global before local, typed before untyped. */
static bool is_better_name(const struct elf_symbol *a, const struct elf_symbol *b)
{
	if ((a->type == STT_NOTYPE) != (b->type == STT_NOTYPE))
		return a->type != STT_NOTYPE;
	return a->bind != STB_LOCAL && b->bind == STB_LOCAL;
}

static uint64_t start_of(const struct side *side, const struct elf_symbol *symbol)
{
	if (symbol->type == STT_FUNC && symbol->value >= side->padding)
		return symbol->value - side->padding;
	return symbol->value;
}

static void cut_named(struct side *side, struct elf_section *section)
{
	struct atom *last = NULL;
	uint64_t covered = 0; /* end of what the last symbol says it spans */

	for (size_t i = 0; i < section->symbol_count; i++) {
		struct elf_symbol *symbol = section->symbols[i];

		if (!begins_atom(section, i, covered))
			continue;
		if (symbol->value + symbol->size > covered)
			covered = symbol->value + symbol->size;
		if (last && last->symbol->value == symbol->value) {
			if (is_better_name(symbol, last->symbol)) {
				last->symbol = symbol;
				last->name = symbol->name;
				atom_name_explain(last, side->object->arena);
			}
			continue;
		}

		uint64_t start = last ? start_of(side, symbol) : 0;

		if (last)
			last->end = start > last->start ? start : symbol->value;
		last = add_atom(side, section, last ? last->end : 0, section->size, symbol);
	}
}

static bool has_atoms(enum section_kind kind)
{
	switch (kind) {
	case SECTION_TEXT:
	case SECTION_DATA:
	case SECTION_CONST:
	case SECTION_DESCRIPTOR:
	case SECTION_INIT_TEXT:
	case SECTION_INIT_DATA:
	case SECTION_FIXED:
		return true;
	default:
		return false;
	}
}

static void cut_section(struct side *side, struct elf_section *section)
{
	struct section_atoms *atoms = atoms_of(section);

	if (!has_atoms(atoms->rule->kind) || section->size == 0)
		if (!has_atoms(atoms->rule->kind) || section->symbol_count == 0)
			return;
	if (section->flags & SHF_MERGE)
		return; /* compared and carried by content */
	atoms->items = arena_calloc(side->object->arena, section->symbol_count + 1,
				    sizeof(*atoms->items));
	cut_named(side, section);
	if (atoms->count == 0 && section->size)
		add_atom(side, section, 0, section->size, NULL);
}

static int classify(struct side *side, struct finding_list *findings)
{
	struct object *object = side->object;

	for (size_t i = 0; i < object->section_count; i++) {
		struct elf_section *section = object->sections[i];
		struct section_atoms *atoms = arena_alloc(object->arena, sizeof(*atoms));
		enum rule_id refusal = RULE_UNKNOWN_SECTION;

		section->user = atoms;
		atoms->rule = section_rule_find(section);
		if (atoms->rule->kind == SECTION_REFUSED)
			refusal = atoms->rule->refusal;
		else if (section->type == SHT_GROUP)
			refusal = RULE_COMDAT;
		else if (atoms->rule->kind != SECTION_UNKNOWN || !(section->flags & SHF_ALLOC) ||
			 section->size == 0)
			continue;
		if (section->size)
			finding_add(findings, refusal, side->unit, NULL, section->name,
				    "the object has a section %s of %ju bytes", section->name,
				    (uintmax_t)section->size);
	}
	return 0;
}

/* -fpatchable-function-entry=N,N puts N bytes in front of every function; a function that has a
 * section of its own shows how many. */
static void find_padding(struct side *side)
{
	const struct object *object = side->object;

	for (size_t i = 0; i < object->section_count; i++) {
		const struct elf_section *section = object->sections[i];

		if (!strncmp(section->name, ".text.", 6) && section->symbol_count == 1 &&
		    section->symbols[0]->type == STT_FUNC && section->symbols[0]->value <= 64 &&
		    section->symbols[0]->value > side->padding)
			side->padding = section->symbols[0]->value;
	}
}

/* Which relocations lie in which atom. */
static void share_relocs(struct side *side)
{
	for (size_t i = 0; i < side->atom_count; i++) {
		struct atom *atom = side->atoms[i];
		struct elf_relocs *relocs = &atom->section->relocs;
		size_t first = relocs_from(relocs, atom->start);

		if (!relocs->count)
			continue;
		atom->relocs = relocs->items + first;
		while (first + atom->reloc_count < relocs->count &&
		       atom->relocs[atom->reloc_count].offset < atom->end)
			atom->reloc_count++;
	}
}

static void index_names(struct side *side)
{
	side->by_name = map_new();
	for (size_t i = 0; i < side->atom_count; i++) {
		struct atom *atom = side->atoms[i];

		if (atom->symbol && !map_has(side->by_name, atom->name))
			map_set(side->by_name, atom->name, atom);
	}
	for (size_t i = 0; i < side->atom_count; i++)
		atom_name_find_parent(side->atoms[i]);
}

/* A cold part that nobody knows the function of would not travel with it. */
static void check_cold_parts(const struct side *side, struct finding_list *findings)
{
	for (size_t i = 0; i < side->atom_count; i++) {
		const struct atom *atom = side->atoms[i];

		if (atom->is_function && atom->symbol && !atom->parent &&
		    strstr(atom->name, ".cold"))
			finding_add(findings, RULE_MALFORMED, side->unit, atom->name, NULL,
				    "it is a part of a function that the object does not have");
	}
}

/* Symbols of kinds that no rule speaks of. */
static void check_symbols(struct side *side, struct finding_list *findings)
{
	const struct object *object = side->object;

	for (size_t i = 0; i < object->symbol_count; i++) {
		const struct elf_symbol *symbol = object->symbols[i];
		bool odd = symbol->type == STT_TLS || symbol->type == STT_GNU_IFUNC ||
			   symbol->type == STT_COMMON ||
			   (!symbol->section && symbol->special == SHN_COMMON);

		if (odd)
			finding_add(findings, RULE_UNKNOWN_SYMBOL_KIND, side->unit, symbol->name,
				    NULL, "the symbol has type %u, binding %u", symbol->type,
				    symbol->bind);
	}
}

static void check_relocs(struct side *side, struct finding_list *findings)
{
	const struct object *object = side->object;

	for (size_t i = 0; i < object->section_count; i++) {
		const struct elf_section *section = object->sections[i];

		if (!(section->flags & SHF_ALLOC) ||
		    atoms_of(section)->rule->kind == SECTION_IGNORED)
			continue;
		for (size_t k = 0; k < section->relocs.count; k++)
			if (!reloc_size(section->relocs.items[k].type))
				finding_add(findings, RULE_UNKNOWN_RELOCATION, side->unit, NULL,
					    section->name, "there is a relocation of %s",
					    reloc_type_name(section->relocs.items[k].type));
	}
}

/* Fragments have no names: they begin where somebody refers to. */
static int cut_fragments(struct side *side, struct error *err)
{
	struct object *object = side->object;

	for (size_t i = 0; i < object->section_count; i++) {
		struct elf_section *section = object->sections[i];

		if (atoms_of(section)->rule->kind != SECTION_FRAGMENT || section->size == 0)
			continue;

		uint64_t *starts;
		size_t count;

		if (decode_fragment_starts(side, section, &starts, &count, err) < 0)
			return -1;
		atoms_of(section)->items =
			arena_calloc(object->arena, count + 1, sizeof(struct atom *));
		for (size_t k = 0; k < count; k++)
			add_atom(side, section, starts[k],
				 k + 1 < count ? starts[k + 1] : section->size, NULL);
		free(starts);
	}
	return 0;
}

static int cut_up(struct side *side, struct finding_list *findings, struct error *err)
{
	classify(side, findings);
	check_symbols(side, findings);
	check_relocs(side, findings);
	find_padding(side);
	for (size_t i = 0; i < side->object->section_count; i++)
		cut_section(side, side->object->sections[i]);
	if (finding_list_error(findings, err) < 0)
		return -1;
	if (decode_text(side, findings, err) < 0 || cut_fragments(side, err) < 0)
		return -1;
	share_relocs(side);
	index_names(side);
	check_cold_parts(side, findings);
	return rows_assign(side, findings, err);
}

int side_open(const char *path, const char *unit, struct finding_list *findings,
	      struct side **ret_side, struct error *err)
{
	struct side *side = xcalloc(1, sizeof(*side));

	side->unit = unit;
	if (object_read(path, 0, &side->object, err) < 0 || cut_up(side, findings, err) < 0) {
		side_free(side);
		return -1;
	}
	*ret_side = side;
	return 0;
}

int side_dwarf(struct side *side, const struct dwarf **ret_dwarf, struct error *err)
{
	if (!side->dwarf && dwarf_open(side->object->path, &side->dwarf, err) < 0)
		return -1;
	*ret_dwarf = side->dwarf;
	return 0;
}

void side_forget_dwarf(struct side *side)
{
	dwarf_free(side->dwarf);
	side->dwarf = NULL;
}

void side_free(struct side *side)
{
	if (!side)
		return;
	side_forget_dwarf(side);
	object_free(side->object);
	map_free(side->by_name);
	free(side->atoms);
	free(side);
}

struct atom *atom_at(const struct elf_section *section, int64_t offset)
{
	const struct section_atoms *atoms = atoms_of(section);
	size_t low = 0, high = atoms->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if ((int64_t)atoms->items[middle]->start <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low)
		return atoms->items[low - 1];
	return atoms->count ? atoms->items[0] : NULL;
}

struct atom *side_find_variable(const struct side *side, const char *name)
{
	struct atom *atom = map_find(side->by_name, name);
	const struct elf_symbol *symbol;

	if (!atom) {
		symbol = object_find_symbol(side->object, name);
		if (symbol && symbol->section && symbol->type == STT_OBJECT)
			atom = atom_at(symbol->section, (int64_t)symbol->value);
		if (!atom || !atom->symbol || atom->symbol->value != symbol->value)
			return NULL;
	}
	return atom->is_function ? NULL : atom;
}

const char *atom_text(const struct atom *atom)
{
	if (atom->symbol)
		return atom->name;
	return arena_printf(atom->side->object->arena, "%s+0x%jx", atom->name,
			    (uintmax_t)atom->start);
}
