// SPDX-License-Identifier: GPL-2.0-or-later
#include "proof/pair.h"

#include <stdio.h>
#include <string.h>

#include "proof/listing.h"
#include "proof/unit_proof_private.h"

#define DEPTH_LIMIT 4

struct pair {
	struct listing plain, original;
};

struct goal { /* where a reference goes */
	const struct elf_symbol *symbol; /* as written; NULL: a place in a section */
	const struct elf_section *section; /* NULL: outside, or a number */
	int64_t offset; /* into the section, or from the outside symbol */
};

static struct goal goal_of(const struct elf_reloc *reloc, unsigned tail)
{
	struct goal goal = { .symbol = reloc->symbol, .offset = reloc->addend };

	if (is_reloc_relative(reloc->type))
		goal.offset += tail;
	if (goal.symbol && goal.symbol->section) {
		goal.section = goal.symbol->section;
		goal.offset += (int64_t)goal.symbol->value;
	}
	return goal;
}

static bool is_same_goal(const struct pair *pair, const struct goal *plain,
			 const struct goal *original, int depth);

/* The same instruction of the same function. */
static bool is_same_code(const struct pair *pair, const struct goal *plain,
			 const struct goal *original)
{
	const struct function *a = listing_at(&pair->plain, plain->section, (uint64_t)plain->offset);
	const struct function *b = listing_at(&pair->original, original->section,
					      (uint64_t)original->offset);

	if (!a || !b) /* between functions, or in fragments of alternatives */
		return !a && !b;
	return !strcmp(a->name, b->name) && function_line(a, (uint64_t)plain->offset) ==
						    function_line(b, (uint64_t)original->offset);
}

/* A named datum: the section that the compiler made for it says which one is meant. */
static const struct elf_symbol *datum_at(const struct goal *goal)
{
	const struct elf_section *section = goal->section;
	const struct elf_symbol *found = NULL;

	for (size_t i = 0; i < section->symbol_count; i++) {
		const struct elf_symbol *symbol = section->symbols[i];

		if (symbol->type == STT_OBJECT && (!found || (int64_t)symbol->value <= goal->offset))
			found = symbol;
	}
	return found;
}

static bool has_at(const struct elf_section *section, const char *name, int64_t value)
{
	for (size_t i = 0; i < section->symbol_count; i++)
		if (section->symbols[i]->value == (uint64_t)value &&
		    !strcmp(section->symbols[i]->name, name))
			return true;
	return false;
}

/* How many bytes are there from an offset to the next that somebody refers to? */
static uint64_t extent(const struct object *object, const struct elf_section *section,
		       uint64_t offset)
{
	uint64_t end = section->size;

	for (size_t i = 0; i < object->section_count; i++) {
		const struct elf_section *from = object->sections[i];

		if (!(from->flags & SHF_ALLOC))
			continue;
		for (size_t k = 0; k < from->relocs.count; k++) {
			const struct elf_reloc *reloc = &from->relocs.items[k];
			uint64_t start;

			if (!reloc->symbol || reloc->symbol->section != section)
				continue;
			start = reloc->symbol->value + (uint64_t)reloc->addend +
				(is_reloc_relative(reloc->type) ? 4 : 0);
			if (start > offset && start < end)
				end = start;
		}
	}
	return end - offset;
}

static const struct elf_reloc *first_reloc(const struct elf_section *section, uint64_t offset)
{
	size_t i = 0;

	while (i < section->relocs.count && section->relocs.items[i].offset < offset)
		i++;
	return section->relocs.items + i;
}

/* Nameless data, such as a switch's table: by content, as far as both go on. */
static bool is_same_content(const struct pair *pair, const struct goal *plain,
			    const struct goal *original, int depth)
{
	const struct elf_section *a = plain->section, *b = original->section;
	uint64_t at = (uint64_t)plain->offset, bt = (uint64_t)original->offset;

	if (at > a->size || bt > b->size || !a->data != !b->data)
		return false;

	uint64_t left = extent(pair->plain.object, a, at);
	uint64_t size = extent(pair->original.object, b, bt);
	const struct elf_reloc *x = first_reloc(a, at), *y = first_reloc(b, bt);

	if (left < size)
		size = left;
	if (!a->data)
		return true;
	for (uint64_t i = 0; i < size;) {
		bool ra = x < a->relocs.items + a->relocs.count && x->offset == at + i;
		bool rb = y < b->relocs.items + b->relocs.count && y->offset == bt + i;

		if (ra != rb)
			return false;
		if (!ra) {
			if (a->data[at + i] != b->data[bt + i])
				return false;
			i++;
			continue;
		}

		struct goal p = goal_of(x, 0), q = goal_of(y, 0);

		/* A table of distances to itself: the addend counts from the table's start. */
		if (is_reloc_relative(x->type)) {
			p.offset -= (int64_t)i;
			q.offset -= (int64_t)i;
		}
		if (x->type != y->type || !is_same_goal(pair, &p, &q, depth + 1))
			return false;
		i += reloc_size(x->type) ? reloc_size(x->type) : 1;
		x++;
		y++;
	}
	return true;
}

static bool is_same_merged(const struct goal *plain, const struct goal *original)
{
	const struct elf_section *a = plain->section, *b = original->section;
	uint64_t at = (uint64_t)plain->offset, bt = (uint64_t)original->offset;
	uint64_t left, size;

	if (!a->data || !b->data || at >= a->size || bt >= b->size ||
	    is_string_section(a) != is_string_section(b))
		return false;
	left = a->size - at;
	size = b->size - bt;
	if (is_string_section(a))
		return strnlen((const char *)a->data + at, left) ==
			       strnlen((const char *)b->data + bt, size) &&
		       !strncmp((const char *)a->data + at, (const char *)b->data + bt,
				left < size ? left : size);
	size = size < left ? size : left;
	if (a->entsize && a->entsize < size)
		size = a->entsize;
	return !memcmp(a->data + at, b->data + bt, size);
}

static bool is_same_goal(const struct pair *pair, const struct goal *plain,
			 const struct goal *original, int depth)
{
	if (!plain->section != !original->section)
		return false;
	if (!plain->section)
		return plain->offset == original->offset && !plain->symbol == !original->symbol &&
		       (!plain->symbol || !strcmp(plain->symbol->name, original->symbol->name));
	if ((plain->section->flags & SHF_MERGE) != (original->section->flags & SHF_MERGE))
		return false;
	if (plain->section->flags & SHF_MERGE)
		return is_same_merged(plain, original);
	if (is_text_section(plain->section) && is_text_section(original->section))
		return is_same_code(pair, plain, original);

	const struct elf_symbol *datum = datum_at(original);

	if (datum)
		return has_at(plain->section, datum->name,
			      plain->offset - (original->offset - (int64_t)datum->value));
	return depth > DEPTH_LIMIT || is_same_content(pair, plain, original, depth);
}

/* eb and e9; 7x and 0f 8x. */
static bool is_same_branch(const uint8_t *a, const uint8_t *b)
{
	const uint8_t *swap = a;
	bool is_near = a[0] == 0xe9 || a[0] == 0x0f;

	if (is_near) {
		a = b;
		b = swap;
	}
	if (a[0] == 0xeb)
		return b[0] == 0xe9;
	return (a[0] & 0xf0) == 0x70 && b[0] == 0x0f && b[1] == (a[0] & 0x0f) + 0x80;
}

/* Bytes of an instruction that references fill. */
static uint32_t field_mask(const struct line *line)
{
	uint32_t mask = 0;

	if (line->instruction.relative_size && line->instruction.relative_size < 16)
		mask |= ((1u << line->instruction.relative_size) - 1)
			<< line->instruction.relative_offset;
	for (size_t i = 0; i < line->reloc_count; i++)
		mask |= ((1u << reloc_size(line->relocs[i].type)) - 1)
			<< (line->relocs[i].offset - line->offset);
	return mask;
}

static bool is_same_bytes(const uint8_t *a, const struct line *x, const uint8_t *b,
			  const struct line *y)
{
	uint32_t mask = field_mask(x);

	if (x->instruction.length != y->instruction.length)
		return x->instruction.is_branch && y->instruction.is_branch && is_same_branch(a, b);
	if (mask != field_mask(y))
		return false;
	for (unsigned i = 0; i < x->instruction.length; i++)
		if (!(mask & 1u << i) && a[i] != b[i])
			return false;
	return true;
}

/* Where the field that is relative to the instruction's end leads, by relocation or as it stands. */
static bool relative_goal(const struct function *function, const struct line *line,
			  struct goal *ret_goal)
{
	const struct instruction *instruction = &line->instruction;

	if (!instruction->relative_size)
		return false;
	for (size_t i = 0; i < line->reloc_count; i++)
		if (line->relocs[i].offset == line->offset + instruction->relative_offset) {
			*ret_goal = goal_of(&line->relocs[i],
					    instruction->length - instruction->relative_offset);
			return true;
		}
	*ret_goal = (struct goal){ .section = function->section,
				   .offset = (int64_t)(line->offset + instruction->length) +
					     instruction->relative };
	return true;
}

/* The n-th relocation that fills a number which is not relative to the instruction. */
static const struct elf_reloc *absolute_reloc(const struct line *line, size_t n)
{
	for (size_t i = 0; i < line->reloc_count; i++)
		if ((!line->instruction.relative_size ||
		     line->relocs[i].offset != line->offset + line->instruction.relative_offset) &&
		    n-- == 0)
			return &line->relocs[i];
	return NULL;
}

static bool is_same_line(const struct pair *pair, const struct function *f, const struct line *x,
			 const struct function *g, const struct line *y)
{
	struct goal p, q;

	if (!x->jump_row != !y->jump_row || x->is_fentry != y->is_fentry)
		return false;
	if (x->is_fentry)
		return true;
	if (x->jump_row) {
		for (int i = 1; i < 3; i++) {
			p = goal_of(&x->jump_row[i], 0);
			q = goal_of(&y->jump_row[i], 0);
			if (!is_same_goal(pair, &p, &q, 0))
				return false;
		}
		return true;
	}
	if (!is_same_bytes(f->section->data + x->offset, x, g->section->data + y->offset, y))
		return false;
	if (relative_goal(f, x, &p) != relative_goal(g, y, &q) ||
	    (x->instruction.relative_size && !is_same_goal(pair, &p, &q, 0)))
		return false;
	for (size_t i = 0;; i++) {
		const struct elf_reloc *a = absolute_reloc(x, i), *b = absolute_reloc(y, i);

		if (!a || !b)
			return !a && !b;
		p = goal_of(a, 0);
		q = goal_of(b, 0);
		if (a->type != b->type || !is_same_goal(pair, &p, &q, 0))
			return false;
	}
}

static void report(struct unit_proof *proof, const struct text_list *patched,
		   const struct function *function, const struct line *plain,
		   const struct function *other, const struct line *original, const char *text)
{
	struct subject subject = { .name = function->name, .section = function->section,
				   .start = function->start, .end = function->end,
				   .is_function = true };
	char ours[160] = "(nothing)", theirs[160] = "(nothing)";

	for (size_t i = 0; patched && i < patched->count; i++)
		subject.is_patched |= !strcmp(patched->items[i], function->name);

	struct proof_difference *difference =
		proof_add(proof, &subject, plain ? plain->offset - function->start : 0, text);

	if (!difference)
		return;
	if (plain)
		instruction_text(function->section->data + plain->offset,
				 function->end - plain->offset, plain->offset - function->start,
				 theirs, sizeof(theirs));
	if (original)
		instruction_text(other->section->data + original->offset,
				 other->end - original->offset, original->offset - other->start, ours,
				 sizeof(ours));
	difference->ours = xasprintf("  with sections: %s\n", ours);
	difference->theirs = xasprintf("  as shipped:    %s\n", theirs);
}

static void check_function(const struct pair *pair, const struct function *plain,
			   const struct text_list *patched, struct unit_proof *proof)
{
	const struct function *original = map_find(pair->original.by_name, plain->name);
	size_t i = 0;

	if (!original) {
		report(proof, patched, plain, NULL, NULL, NULL,
		       "it is no function of its own in the object that the differ sees");
		return;
	}
	while (i < plain->count && i < original->count &&
	       is_same_line(pair, plain, &plain->lines[i], original, &original->lines[i]))
		i++;
	if (i == plain->count && i == original->count)
		return;
	report(proof, patched, plain, i < plain->count ? &plain->lines[i] : NULL, original,
	       i < original->count ? &original->lines[i] : NULL,
	       "the object that the differ sees has other code");
}

int pair_check(const struct object *plain, const char *original_path,
	       const struct text_list *patched, struct unit_proof *proof, struct error *err)
{
	auto_object struct object *original = NULL;
	struct pair pair = { 0 };

	if (object_read(original_path, 0, &original, err) < 0)
		return -1;
	listing_make(plain, &pair.plain);
	listing_make(original, &pair.original);
	for (size_t i = 0; i < pair.plain.count; i++)
		check_function(&pair, &pair.plain.functions[i], patched, proof);
	for (size_t i = 0; i < pair.original.count; i++)
		if (!map_has(pair.plain.by_name, pair.original.functions[i].name))
			report(proof, patched, &pair.original.functions[i], NULL, NULL, NULL,
			       "the proven object has no such function");
	listing_clear(&pair.plain);
	listing_clear(&pair.original);
	return 0;
}
