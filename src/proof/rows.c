// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rows of special sections: what the kernel knows about a place in the code besides the code.
 *
 * The linker collects the rows of all units in one table; some tables are sorted afterwards
 * (scripts/sorttable.c: __ex_table, __mcount_loc). So a row is found by the place that it is about,
 * which its first field names. That also is the only field that several rows share: all of a unit's
 * rows must be there, each like it is in the unit.
 */
#include <stdlib.h>
#include <string.h>

#include "diff/section_kind.h"
#include "proof/unit_proof_private.h"

struct table { /* as shipped */
	struct place start;
	uint64_t size;
	uint64_t row_size;
	struct table_row {
		struct place about;
		uint64_t offset; /* of the row, from start */
	} *rows; /* ascending place */
	size_t count;
};

/* Tables that are no section of their own in vmlinux (include/asm-generic/vmlinux.lds.h). */
static const struct {
	const char *section, *start, *stop;
} bounds[] = {
	{ "__jump_table", "__start___jump_table", "__stop___jump_table" },
	{ "__mcount_loc", "__start_mcount_loc", "__stop_mcount_loc" },
	{ "__bug_table", "__start___bug_table", "__stop___bug_table" },
	{ "__ex_table", "__start___ex_table", "__stop___ex_table" },
	{ ".smp_locks", "__smp_locks", "__smp_locks_end" },
	{ ".altinstructions", "__alt_instructions", "__alt_instructions_end" },
	{ ".parainstructions", "__parainstructions", "__parainstructions_end" },
};

static bool find_bounds(const struct shipped *shipped, const char *name, struct table *table)
{
	const struct symbol_table *symbols = shipped_symbols(shipped);

	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		if (strcmp(bounds[i].section, name))
			continue;

		size_t start = symbol_first(symbols, bounds[i].start);
		size_t stop = symbol_first(symbols, bounds[i].stop);

		if (start == SIZE_MAX || stop == SIZE_MAX ||
		    symbols->items[stop].address < symbols->items[start].address)
			return false;
		table->start.offset = symbols->items[start].address;
		table->size = symbols->items[stop].address - table->start.offset;
		return true;
	}
	return false;
}

static bool find_table(const struct shipped *shipped, const char *name, struct table *table)
{
	if (shipped_module(shipped)) {
		const struct elf_section *section =
			object_find_section(shipped_module(shipped), name);

		table->start.section = section;
		table->size = section ? section->size : 0;
		return section != NULL;
	}
	if (find_bounds(shipped, name, table))
		return true;

	const struct view_section *section = elf_view_section(shipped_vmlinux(shipped), name);

	if (!section)
		return false;
	table->start.offset = section->address;
	table->size = section->size;
	return true;
}

static int compare_places(const struct place *a, const struct place *b)
{
	uintptr_t x = (uintptr_t)a->section, y = (uintptr_t)b->section;

	if (x != y)
		return x < y ? -1 : 1;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static int compare_rows(const void *a, const void *b)
{
	const struct table_row *x = a, *y = b;

	return compare_places(&x->about, &y->about);
}

/* `field`: the relocation of the unit's first row that names the place. */
static void read_table(const struct shipped *shipped, const struct elf_reloc *field,
		       struct table *table)
{
	table->rows = xcalloc(table->size / table->row_size + 1, sizeof(*table->rows));
	for (uint64_t offset = 0; offset + table->row_size <= table->size;
	     offset += table->row_size) {
		struct place place = table->start;
		struct shipped_target destination;

		place.offset += offset + field->offset;
		if (!shipped_destination(shipped, place, field->type, &destination) ||
		    destination.is_outside)
			continue;
		table->rows[table->count].about = destination.place;
		table->rows[table->count++].offset = offset;
	}
	qsort(table->rows, table->count, sizeof(*table->rows), compare_rows);
}

static size_t first_about(const struct table *table, const struct place *place)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare_places(&table->rows[middle].about, place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The function that a place of the unit is in. */
static struct subject subject_at(const struct proof_work *work, const struct elf_reloc *reloc,
				 uint64_t *ret_offset)
{
	const struct elf_section *section = reloc->symbol->section;
	uint64_t offset = reloc->symbol->value + (uint64_t)reloc->addend;
	struct subject subject = { .name = section->name, .section = section };

	for (size_t i = 0; i < section->symbol_count; i++) {
		const struct elf_symbol *symbol = section->symbols[i];

		if (symbol->type == STT_FUNC && symbol->value <= offset) {
			subject.name = symbol->name;
			subject.start = symbol->value;
		}
	}
	for (size_t i = 0; work->request->patched && i < work->request->patched->count; i++)
		subject.is_patched |= !strcmp(work->request->patched->items[i], subject.name);
	*ret_offset = offset - subject.start;
	return subject;
}

static void check_row(struct proof_work *work, const struct table *table,
		      const struct elf_section *section, uint64_t offset,
		      const struct elf_reloc *field)
{
	struct mismatch mismatch = { 0 };
	struct place about;
	uint64_t where;

	if (!placement_target(&work->placements, field, &about))
		return; /* its function has no place, and has been reported */
	work->proof->rows++;
	for (size_t i = first_about(table, &about);
	     i < table->count && is_same_place(table->rows[i].about, about); i++) {
		struct place base = table->start;

		base.offset += table->rows[i].offset - offset;
		if (placement_check_at(&work->placements, section, base, offset,
				       offset + table->row_size, true, &mismatch))
			return;
	}

	struct subject subject = subject_at(work, field, &where);
	auto_free char *text = *mismatch.text
				       ? xasprintf("its row in %s: %s", section->name, mismatch.text)
				       : xasprintf("the shipped %s has no row about it",
						   section->name);

	proof_add(work->proof, &subject, where, text);
}

/* Alternative code has no names; the rows about it say where it is. */
static void learn_row(struct proof_work *work, const struct table *table,
		      uint64_t offset, const struct elf_reloc *fields, unsigned count)
{
	struct place about;

	if (!placement_target(&work->placements, &fields[0], &about))
		return;
	for (size_t i = first_about(table, &about);
	     i < table->count && is_same_place(table->rows[i].about, about); i++)
		for (unsigned k = 1; k < count; k++) {
			struct place field = table->start;

			field.offset += table->rows[i].offset + fields[k].offset - offset;
			placement_learn(&work->placements, &fields[k], field);
		}
}

/*
 * Which places have a jump label, an exception... Not compared: what objtool makes for all of
 * vmlinux, and __mcount_loc, where the compiler's call to __fentry__ has been compared as code.
 */
static bool is_compared(const struct elf_section *section, const struct section_rule *rule)
{
	return rule->kind == SECTION_ROWS && !rule->discarded && section->size &&
	       strcmp(section->name, "__mcount_loc");
}

static void check_rows_of(struct proof_work *work, const struct elf_section *section,
			  unsigned row_relocs)
{
	const struct elf_relocs *relocs = &section->relocs;
	size_t rows = relocs->count / row_relocs;
	struct table table = { 0 };

	if (!rows || relocs->count % row_relocs || section->size % rows) {
		text_list_printf(&work->proof->unplaced, "%s: its rows cannot be told apart",
				 section->name);
		return;
	}
	table.row_size = section->size / rows;
	if (!find_table(work->placements.shipped, section->name, &table)) {
		text_list_printf(&work->proof->unplaced, "%s: the shipped kernel has no such table",
				 section->name);
		return;
	}
	read_table(work->placements.shipped, &relocs->items[0], &table);
	for (size_t i = 0; i < rows; i++)
		learn_row(work, &table, i * table.row_size, &relocs->items[i * row_relocs],
			  row_relocs);
	for (size_t i = 0; i < rows; i++)
		check_row(work, &table, section, i * table.row_size,
			  &relocs->items[i * row_relocs]);
	free(table.rows);
}

void proof_check_rows(struct proof_work *work)
{
	for (size_t i = 0; i < work->plain->section_count; i++) {
		const struct elf_section *section = work->plain->sections[i];
		const struct section_rule *rule = section_rule_find(section);

		if (is_compared(section, rule))
			check_rows_of(work, section, rule->row_relocs);
	}
}
