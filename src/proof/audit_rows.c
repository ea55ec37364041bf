// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Special sections of a module. Formats and who reads them: asm/alternative.h and
 * arch/x86/kernel/alternative.c, asm/extable.h, asm/bug.h, asm/jump_label.h, linux/static_call.h,
 * asm/orc_types.h, kernel/trace/ftrace.c.
 */
#include <string.h>

#include "diff/renamed.h"
#include "diff/section_kind.h"
#include "elf/fentry.h"
#include "proof/audit_private.h"

struct spot { /* in the module's code */
	const struct elf_section *section;
	uint64_t offset;
};

static bool spot_of(const struct elf_reloc *reloc, struct spot *ret_spot)
{
	if (!reloc->symbol || !reloc->symbol->section)
		return false;
	ret_spot->section = reloc->symbol->section;
	ret_spot->offset = reloc->symbol->value + (uint64_t)reloc->addend;
	return is_text_section(ret_spot->section) && ret_spot->section->data &&
	       ret_spot->offset < ret_spot->section->size;
}

/* Among the livepatch relocations as well. */
static const struct elf_reloc *any_reloc_at(const struct object *module, struct spot spot,
					    uint64_t delta)
{
	const struct elf_reloc *found = relocs_at(&spot.section->relocs, spot.offset + delta);

	for (size_t i = 0; !found && i < module->klp_count; i++)
		for (size_t k = 0; module->klp[i]->target == spot.section &&
				   k < module->klp[i]->relocs.count; k++)
			if (module->klp[i]->relocs.items[k].offset == spot.offset + delta)
				found = &module->klp[i]->relocs.items[k];
	return found;
}

static bool is_boundary(const struct listing *listing, struct spot spot)
{
	const struct function *function = listing_at(listing, spot.section, spot.offset);
	uint64_t at;
	struct instruction instruction;

	if (!function) /* code of alternatives, and code between functions */
		return true;
	for (at = function->start; at < spot.offset; at += instruction.length)
		if (!instruction_decode(spot.section->data + at, function->end - at, &instruction))
			return true;
	return at == spot.offset;
}

/* What the code must be at the place that a row is about. */
static bool suits(const char *section, struct spot spot)
{
	const uint8_t *code = spot.section->data + spot.offset;
	uint64_t left = spot.section->size - spot.offset;

	if (!strcmp(section, "__bug_table")) /* ud2; 67 0f b9 /0 is ud1 of newer kernels */
		return left >= 2 && code[0] == 0x0f && (code[1] == 0x0b || code[1] == 0xb9);
	if (!strcmp(section, ".smp_locks"))
		return code[0] == 0xf0;
	if (!strcmp(section, "__jump_table")) /* a nop or a jump of 2 or 5 bytes */
		return left >= 2 && (code[0] == 0xeb || code[0] == 0xe9 || code[0] == 0x66 ||
				     code[0] == 0x0f);
	if (!strcmp(section, "__mcount_loc"))
		return code[0] == 0xe8 || fentry_is_nop(code, left);
	if (!strcmp(section, ".static_call_sites"))
		return code[0] == 0xe8 || code[0] == 0xe9;
	return true;
}

struct table { /* a special section */
	const struct elf_section *section;
	uint64_t row_size;
	unsigned row_relocs;
	size_t count;
};

static void check_alternative(struct audit_work *work, const struct table *table, size_t i)
{
	const struct elf_section *section = table->section;
	const uint8_t *row = section->data + i * table->row_size;
	/* struct alt_instr ends with instrlen and replacementlen in 5.8 and later. */
	uint8_t old_size = row[table->row_size - 2], new_size = row[table->row_size - 1];
	struct spot spot, replacement;

	if (!spot_of(&section->relocs.items[i * 2], &spot))
		return;
	if (new_size > old_size)
		audit_fail(work, "row %zu of %s replaces %u bytes by %u", i, section->name, old_size,
			   new_size);
	if (old_size > spot.section->size - spot.offset)
		audit_fail(work, "row %zu of %s replaces bytes behind the code", i, section->name);
	if (new_size && (!spot_of(&section->relocs.items[i * 2 + 1], &replacement) ||
			 new_size > replacement.section->size - replacement.offset))
		audit_fail(work, "row %zu of %s has no replacement", i, section->name);
}

static bool is_same_row(const struct table *table, size_t a, size_t b)
{
	const struct elf_section *section = table->section;

	if (memcmp(section->data + a * table->row_size, section->data + b * table->row_size,
		   table->row_size))
		return false;
	for (unsigned k = 0; k < table->row_relocs; k++) {
		const struct elf_reloc *x = &section->relocs.items[a * table->row_relocs + k];
		const struct elf_reloc *y = &section->relocs.items[b * table->row_relocs + k];

		if (x->symbol != y->symbol || x->addend != y->addend)
			return false;
	}
	return true;
}

static void check_row(struct audit_work *work, const struct listing *listing,
		      const struct table *table, size_t i)
{
	const struct elf_section *section = table->section;
	const struct elf_reloc *first = &section->relocs.items[i * table->row_relocs];
	struct spot spot;

	for (unsigned k = 0; k < table->row_relocs; k++)
		if (first[k].offset / table->row_size != i ||
		    first[k].offset % table->row_size !=
			    section->relocs.items[k].offset % table->row_size) {
			audit_fail(work, "row %zu of %s is not like the others", i, section->name);
			return;
		}
	if (!spot_of(first, &spot))
		audit_fail(work, "row %zu of %s is about no code of the module", i, section->name);
	else if (!is_boundary(listing, spot) || !suits(section->name, spot))
		audit_fail(work, "row %zu of %s: %s+0x%jx is not what such a row is about", i,
			   section->name, spot.section->name, (uintmax_t)spot.offset);
	if (!strcmp(section->name, "__ex_table") && !spot_of(first + 1, &spot))
		audit_fail(work, "row %zu of %s goes on in no code of the module", i, section->name);
	if (!strcmp(section->name, ".altinstructions"))
		check_alternative(work, table, i);
	/* Two rows of an alternative may be about one place, but no two say the same. */
	for (size_t k = 0; k < i; k++)
		if (is_same_row(table, i, k))
			audit_fail(work, "rows %zu and %zu of %s are the same", k, i, section->name);
}

/* Of a function or its cold part: without what the emitter puts in front (emit/extent.h), up to the part's dot. */
static bool is_one_function(const struct function *f, const struct function *g)
{
	const char *one = name_without_within(f->name), *other = name_without_within(g->name);
	size_t length = strcspn(one, ".");

	return length == strcspn(other, ".") && !strncmp(one, other, length);
}

/* Both ends of a branch are in one function, and its key is known when the branch is set. */
static void check_jump(struct audit_work *work, const struct listing *listing,
		       const struct elf_section *section, const struct elf_reloc *row)
{
	struct spot code, target;
	const struct function *f, *g;

	if (!spot_of(&row[0], &code) || !spot_of(&row[1], &target)) {
		audit_fail(work, "%s+0x%jx: a branch without code or target", section->name,
			   (uintmax_t)row->offset);
		return;
	}
	f = listing_at(listing, code.section, code.offset);
	g = listing_at(listing, target.section, target.offset);
	if (f && g && !is_one_function(f, g))
		audit_fail(work, "%s+0x%jx: a branch from %s to %s", section->name,
			   (uintmax_t)row->offset, f->name, g->name);
	if (!is_boundary(listing, target))
		audit_fail(work, "%s+0x%jx: a branch into an instruction of %s", section->name,
			   (uintmax_t)row->offset, g ? g->name : "code");
	/* Key: the low bits are the sense (1) and objtool's mark (2). A key may be within another
	 * thing, a tracepoint for example, and is aligned as a pointer is. */
	if (row[2].addend & 4 && !row[2].symbol->section)
		audit_fail(work, "%s+0x%jx: no key can be at %s%+jd", section->name,
			   (uintmax_t)row->offset, row[2].symbol->name,
			   (intmax_t)row[2].addend);
}

/* All relocations of a table, the livepatch ones as well, in order. */
static struct elf_relocs all_relocs(const struct object *module, const struct elf_section *section)
{
	struct elf_relocs all = { 0 };

	for (size_t i = 0; i < section->relocs.count; i++) {
		ARRAY_GROW(all.items, all.capacity, all.count + 1);
		all.items[all.count++] = section->relocs.items[i];
	}
	for (size_t i = 0; i < module->klp_count; i++) {
		for (size_t k = 0; module->klp[i]->target == section &&
				   k < module->klp[i]->relocs.count; k++) {
			struct elf_reloc reloc = module->klp[i]->relocs.items[k];
			size_t at = all.count;

			ARRAY_GROW(all.items, all.capacity, all.count + 1);
			for (; at > 0 && all.items[at - 1].offset > reloc.offset; at--)
				all.items[at] = all.items[at - 1];
			all.items[at] = reloc;
			all.count++;
		}
	}
	return all;
}

/* Fields that have no relocation in a row because they stand for themselves. */
static const struct {
	const char *section;
	unsigned relocs;
} objtool_rows[] = { /* made by objtool (tools/objtool/check.c) */
	{ ".return_sites", 1 }, { ".retpoline_sites", 1 }, { ".call_sites", 1 },
	{ ".ibt_endbr_seal", 1 }, { ".cfi_sites", 1 }, { ".static_call_sites", 2 },
};

static unsigned relocs_in_row(const struct elf_section *section)
{
	const struct section_rule *rule = section_rule_find(section);

	if (rule->kind == SECTION_ROWS)
		return rule->row_relocs;
	for (size_t i = 0; i < ARRAY_SIZE(objtool_rows); i++)
		if (!strcmp(section->name, objtool_rows[i].section))
			return objtool_rows[i].relocs;
	return 0;
}

static void check_table(struct audit_work *work, const struct listing *listing,
			const struct elf_section *section)
{
	unsigned row_relocs = relocs_in_row(section);
	struct elf_relocs relocs = all_relocs(work->module, section);
	struct elf_section whole = *section;
	struct table table = { .section = &whole, .row_relocs = row_relocs };

	whole.relocs = relocs;
	table.count = relocs.count / row_relocs;
	if (!section->data || !table.count || relocs.count % row_relocs ||
	    section->size % table.count) {
		audit_fail(work, "%s of %ju bytes with %zu references is not made of whole rows",
			   section->name, (uintmax_t)section->size, relocs.count);
		free(relocs.items);
		return;
	}
	table.row_size = section->size / table.count;
	for (size_t i = 0; i < table.count; i++)
		check_row(work, listing, &table, i);
	for (size_t i = 0; !strcmp(section->name, "__jump_table") && i < table.count; i++)
		check_jump(work, listing, section, &relocs.items[3 * i]);
	free(relocs.items);
}

void audit_rows(struct audit_work *work)
{
	auto_listing struct listing listing = { 0 };

	listing_make(work->module, &listing);
	for (size_t i = 0; i < work->module->section_count; i++) {
		const struct elf_section *section = work->module->sections[i];

		if (section->size && relocs_in_row(section) && !section_rule_find(section)->discarded)
			check_table(work, &listing, section);
	}
}

static bool has_row(const struct object *module, const char *name, struct spot spot)
{
	const struct elf_section *section = object_find_section(module, name);
	unsigned step = section ? relocs_in_row(section) : 0;
	struct spot other;

	for (size_t i = 0; step && i < section->relocs.count; i++)
		if (spot_of(&section->relocs.items[i], &other) && other.section == spot.section &&
		    other.offset == spot.offset)
			return true;
	return false;
}

/* Which table a reference to this symbol must be in. */
static const char *table_for(const char *symbol)
{
	if (!strcmp(symbol, "__fentry__"))
		return "__mcount_loc";
	if (!strcmp(symbol, "__x86_return_thunk"))
		return ".return_sites";
	if (!strncmp(symbol, "__x86_indirect_thunk_", 21))
		return ".retpoline_sites";
	if (!strncmp(symbol, "__SCT__", 7))
		return ".static_call_sites";
	return NULL;
}

static void check_site(struct audit_work *work, const struct elf_section *section,
		       const struct elf_reloc *reloc)
{
	const char *symbol = reloc->symbol ? reloc->symbol->name : "";
	auto_free char *object = NULL;
	auto_free char *name = NULL;
	uint64_t sympos;
	const char *table;
	struct spot spot = { .section = section, .offset = reloc->offset - 1 };

	if (livepatch_symbol_parse(symbol, &object, &name, &sympos))
		symbol = name;
	table = table_for(symbol);
	/* A static call of a module goes through the trampoline, see emit/assembly.c. */
	if (object && strcmp(object, "vmlinux") && table && !strcmp(table, ".static_call_sites"))
		return;
	if (!table || !reloc->offset || reloc->addend != -4)
		return;
	/* "call" and "jmp" have the reference behind one byte, "jcc" behind two. */
	if (section->data[spot.offset] != 0xe8 && section->data[spot.offset] != 0xe9)
		spot.offset--;
	/* -mindirect-branch-cs-prefix: thunks of r8 to r15 are called with a prefix in front. */
	else if (spot.offset && section->data[spot.offset - 1] == 0x2e &&
		 !has_row(work->module, table, spot))
		spot.offset--;
	if (!has_row(work->module, table, spot))
		audit_fail(work, "%s+0x%jx refers to %s and has no row in %s", section->name,
			   (uintmax_t)spot.offset, symbol, table);
}

/* Is the table's every row about a reference of its kind? */
static void check_rows_used(struct audit_work *work, const char *name)
{
	const struct elf_section *section = object_find_section(work->module, name);
	unsigned step = section ? relocs_in_row(section) : 0;
	struct spot spot;

	for (size_t i = 0; step && i < section->relocs.count; i += 1) {
		const struct elf_reloc *field = &section->relocs.items[i], *there;
		auto_free char *object = NULL;
		auto_free char *plain = NULL;
		const char *symbol = "", *table;
		uint64_t sympos;

		if (!spot_of(field, &spot) ||
		    (!strcmp(name, "__mcount_loc") && fentry_is_at(work->module, spot.section, spot.offset)))
			continue;
		there = any_reloc_at(work->module, spot, 1);
		if (!there)
			there = any_reloc_at(work->module, spot, 2);
		if (there && there->symbol)
			symbol = there->symbol->name;
		if (livepatch_symbol_parse(symbol, &object, &plain, &sympos))
			symbol = plain;
		table = table_for(symbol);
		if (!table || strcmp(table, name))
			audit_fail(work, "%s says that %s+0x%jx is such a place, which refers to %s",
				   name, spot.section->name, (uintmax_t)spot.offset,
				   *symbol ? symbol : "nothing");
	}
}

void audit_sites(struct audit_work *work)
{
	const struct object *module = work->module;

	for (size_t i = 0; i < module->section_count; i++) {
		const struct elf_section *section = module->sections[i];

		if (!is_text_section(section) || !section->data)
			continue;
		/* apply_returns() and friends do not look into code that replaces other code. */
		if (section_rule_find(section)->kind == SECTION_FRAGMENT)
			continue;
		for (size_t k = 0; k < section->relocs.count; k++)
			check_site(work, section, &section->relocs.items[k]);
	}
	for (size_t i = 0; i < module->klp_count; i++)
		for (size_t k = 0; is_text_section(module->klp[i]->target) &&
				   k < module->klp[i]->relocs.count; k++)
			check_site(work, module->klp[i]->target, &module->klp[i]->relocs.items[k]);
	check_rows_used(work, "__mcount_loc");
	check_rows_used(work, ".return_sites");
	check_rows_used(work, ".static_call_sites");
}

/* struct orc_entry (asm/orc_types.h): two 16-bit offsets, 16 bits of registers and type. */
#define ORC_SIZE 6

void audit_unwind(struct audit_work *work)
{
	const struct elf_section *ip = object_find_section(work->module, ".orc_unwind_ip");
	const struct elf_section *orc = object_find_section(work->module, ".orc_unwind");
	auto_listing struct listing listing = { 0 };
	struct spot spot;

	if (!ip || !orc) {
		audit_note(work, "there is no unwind table: with the ORC unwinder, stacks with the new code on them are not reliable and transitions stall");
		return;
	}
	if (ip->size / 4 != orc->size / ORC_SIZE || ip->size % 4 || orc->size % ORC_SIZE ||
	    ip->relocs.count != ip->size / 4)
		audit_fail(work, "the unwind table has %ju places and %ju entries",
			   (uintmax_t)ip->size / 4, (uintmax_t)orc->size / ORC_SIZE);
	for (size_t i = 0; i < ip->relocs.count; i++) {
		const struct elf_reloc *reloc = &ip->relocs.items[i];

		if (reloc->offset != 4 * i || !reloc->symbol || !reloc->symbol->section ||
		    !is_text_section(reloc->symbol->section))
			audit_fail(work, "entry %zu of the unwind table is about no code", i);
	}
	listing_make(work->module, &listing);
	for (size_t i = 0; i < listing.count; i++) {
		bool found = false;

		for (size_t k = 0; k < ip->relocs.count && !found; k++)
			found = spot_of(&ip->relocs.items[k], &spot) &&
				spot.section == listing.functions[i].section &&
				spot.offset <= listing.functions[i].start;
		if (!found)
			audit_fail(work, "the unwind table does not have %s",
				   listing.functions[i].name);
	}
}
