// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/rows.h"

#include <string.h>

#include "elf/fentry.h"

struct row_list {
	struct row **items;
	size_t count, capacity;
};

/* Size of a row, 0 if the section does not divide evenly. */
static uint64_t row_size(const struct elf_section *section, unsigned row_relocs)
{
	const struct elf_relocs *relocs = &section->relocs;
	size_t rows = relocs->count / row_relocs;

	if (relocs->count % row_relocs || rows == 0 || section->size % rows)
		return 0;

	uint64_t size = section->size / rows;

	for (size_t i = 0; i < relocs->count; i++) {
		uint64_t start = i / row_relocs * size;

		if (relocs->items[i].offset < start || relocs->items[i].offset >= start + size ||
		    relocs->items[i].offset - start != relocs->items[i % row_relocs].offset)
			return 0;
	}
	return size;
}

/*
 * An alternative of no bytes ("replacementlen", the last byte of struct alt_instr, is 0) names a
 * place in .altinstr_replacement where the next function's may begin. Nobody reads there; so that
 * nothing seems to be needed from there, the row is led to the instruction that it is about.
 */
static void settle_empty_alternative(const struct row *row)
{
	if (!strcmp(row->section->name, ".altinstructions") && row->section->data &&
	    row->section->data[row->offset + row->size - 1] == 0) {
		row->relocs[1].symbol = row->relocs[0].symbol;
		row->relocs[1].addend = row->relocs[0].addend;
	}
}

/*
 * What is read of a row by its place in it: struct alt_instr ends with the two lengths and has 12 bytes
 * up to Linux 6.2, 14 after; before 5.13 a third length stood behind them. struct bug_entry has the line
 * only if it has the file (CONFIG_DEBUG_BUGVERBOSE), else the second address is the next row's.
 */
static bool is_known_row(const struct elf_section *section, uint64_t size)
{
	if (!strcmp(section->name, ".altinstructions"))
		return size == 12 || size == 14;
	return strcmp(section->name, "__bug_table") || size == 12;
}

static int add_rows(struct side *side, struct elf_section *section, struct row_list *list,
		    struct finding_list *findings, struct error *err)
{
	unsigned row_relocs = atoms_of(section)->rule->row_relocs;
	uint64_t size = row_size(section, row_relocs);

	if (size == 0) {
		finding_add(findings, RULE_UNKNOWN_SECTION, side->unit, NULL, section->name,
			    "%ju bytes with %zu relocations do not divide into rows of %u relocations",
			    (uintmax_t)section->size, section->relocs.count, row_relocs);
		return 0;
	}
	if (!is_known_row(section, size)) {
		finding_add(findings, RULE_UNKNOWN_SECTION, side->unit, NULL, section->name,
			    "its rows have %ju bytes, which is no form that suture knows",
			    (uintmax_t)size);
		return 0;
	}
	for (size_t i = 0; i < section->relocs.count; i += row_relocs) {
		struct row *row = arena_alloc(side->object->arena, sizeof(*row));
		struct target target;

		row->section = section;
		row->offset = i / row_relocs * size;
		row->size = size;
		row->relocs = &section->relocs.items[i];
		row->reloc_count = row_relocs;
		settle_empty_alternative(row);
		if (target_of(section, row->relocs, &target, err) < 0)
			return -1;
		if (target.kind != TARGET_ATOM) {
			finding_add(findings, RULE_UNKNOWN_SECTION, side->unit, NULL, section->name,
				    "row %zu is about no code of this object", i / row_relocs);
			continue;
		}
		row->place = (uint64_t)target.offset;
		row->next = (struct row *)target.atom; /* until the rows are sorted */
		ARRAY_GROW(list->items, list->capacity, list->count + 1);
		list->items[list->count++] = row;
	}
	return 0;
}

/* By section, then by place in the code, then as they stand. */
static int compare_rows(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
	int order = strcmp(x->section->name, y->section->name);

	if (order)
		return order;
	if (x->section != y->section)
		return x->section->index < y->section->index ? -1 : 1;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Where objtool makes __mcount_loc, the compiler's object has only the calls. */
static void find_fentries(struct side *side)
{
	if (object_find_section(side->object, "__mcount_loc"))
		return; /* the rows have told */
	for (size_t i = 0; i < side->atom_count; i++) {
		struct atom *atom = side->atoms[i];

		atom->has_fentry = atom->is_function &&
				   fentry_begins(side->object, atom->section,
						 atom->symbol ? atom->symbol->value : atom->start);
	}
}

int rows_assign(struct side *side, struct finding_list *findings, struct error *err)
{
	struct row_list list = { 0 };
	int result = 0;

	for (size_t i = 0; result == 0 && i < side->object->section_count; i++) {
		struct elf_section *section = side->object->sections[i];

		if (atoms_of(section)->rule->kind == SECTION_ROWS && section->size)
			result = add_rows(side, section, &list, findings, err);
	}
	if (result == 0) {
		if (list.count)
			qsort(list.items, list.count, sizeof(*list.items), compare_rows);
		for (size_t i = list.count; i-- > 0;) { /* backwards: each goes in front */
			struct row *row = list.items[i];
			struct atom *atom = (struct atom *)row->next;

			row->next = atom->rows;
			atom->rows = row;
			if (!strcmp(row->section->name, "__mcount_loc"))
				atom->has_fentry = true;
		}
		find_fentries(side);
		result = finding_list_error(findings, err);
	}
	free(list.items);
	return result;
}
