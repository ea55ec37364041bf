// SPDX-License-Identifier: GPL-2.0-or-later
#include "proof/unit_proof.h"

#include <string.h>

#include "diff/section_kind.h"
#include "proof/layouts.h"
#include "proof/pair.h"
#include "proof/unit_proof_private.h"

/* After so many nobody reads on. */
#define DIFFERENCE_LIMIT 64

const char *proof_verdict_name(enum proof_verdict verdict)
{
	static const char *const names[] = { "proven", "proven-for-patched", "unproven" };

	return names[verdict];
}

void unit_proof_clear(struct unit_proof *proof)
{
	for (size_t i = 0; i < proof->count; i++) {
		free(proof->differences[i].subject);
		free(proof->differences[i].section);
		free(proof->differences[i].text);
		free(proof->differences[i].ours);
		free(proof->differences[i].theirs);
	}
	free(proof->differences);
	free(proof->unit);
	free(proof->object);
	text_list_clear(&proof->unplaced);
	text_list_clear(&proof->layouts);
	*proof = (struct unit_proof){ 0 };
}

struct proof_difference *proof_add(struct unit_proof *proof, const struct subject *subject,
				   uint64_t offset, const char *text)
{
	struct proof_difference *difference;

	if (proof->count >= DIFFERENCE_LIMIT && !subject->is_patched)
		return NULL;
	ARRAY_GROW(proof->differences, proof->capacity, proof->count + 1);
	difference = &proof->differences[proof->count++];
	*difference = (struct proof_difference){
		.subject = xstrdup(subject->name),
		.section = xstrdup(subject->section->name),
		.offset = offset,
		.text = xstrdup(text),
		.is_patched = subject->is_patched,
	};
	return difference;
}

/* "foo.cold" and "foo.part.0" stand and fall with foo. */
static bool is_patched_name(const struct proof_work *work, const char *name)
{
	const struct text_list *patched = work->request->patched;
	size_t length = strcspn(name, ".");

	for (size_t i = 0; patched && i < patched->count; i++)
		if (!strcmp(patched->items[i], name) ||
		    (strcspn(patched->items[i], ".") == length &&
		     !strncmp(patched->items[i], name, length)))
			return true;
	return false;
}

/* Written after linking: scripts/sorttable.c says there that it has sorted. */
static bool is_written_later(const struct subject *subject)
{
	return !strcmp(subject->name, "main_extable_sort_needed");
}

/* Where a function's own name says that its section begins. */
static bool place_by_name(const struct proof_work *work, const struct subject *subject,
			  struct place *ret_place)
{
	const struct shipped *shipped = work->placements.shipped;
	const struct symbol_table *table = shipped_symbols(shipped);

	if (symbol_count(table, subject->name) != 1 ||
	    !shipped_symbol_place(shipped, symbol_first(table, subject->name), ret_place))
		return false;
	ret_place->offset -= subject->start;
	return true;
}

/* A section that is not one piece in the shipped kernel has no place, but the functions in it have
 * names: the first one with other bytes tells more than that it has no place. */
static struct place find_reason(const struct proof_work *work, const struct subject *subject,
				struct mismatch *mismatch)
{
	const struct placement *placement = placement_of(&work->placements, subject->section);
	struct mismatch other;
	struct place place = placement->place;

	if (placement->kind != PLACEMENT_UNKNOWN)
		return place;
	if (place_by_name(work, subject, &place) &&
	    !placement_check_at(&work->placements, subject->section, place, subject->start,
				subject->end, false, &other))
		*mismatch = other;
	return place;
}

static void check_subject(struct proof_work *work, const struct subject *subject)
{
	struct mismatch mismatch;
	struct proof_difference *difference;
	struct place place;

	if (is_written_later(subject))
		return;
	work->proof->functions += subject->is_function;
	if (placement_check(&work->placements, subject->section, subject->start, subject->end, true,
			    &mismatch)) {
		work->proof->equal_functions += subject->is_function;
		work->proof->data_bytes += subject->is_function ? 0 : subject->end - subject->start;
		return;
	}
	place = find_reason(work, subject, &mismatch);
	difference = proof_add(work->proof, subject, mismatch.offset - subject->start,
			       mismatch.text);
	if (difference && is_text_section(subject->section))
		side_by_side(work, subject, place, mismatch.offset, &difference->ours,
			     &difference->theirs);
}

/*
 * Not compared: tables that a tool writes after linking (.BTF_ids by resolve_btfids, exports are
 * sorted by the linker script), what objtool makes anew for all of vmlinux, rows (they are compared
 * one by one), and what is no part of the running kernel.
 */
static bool is_compared(const struct elf_section *section)
{
	if (!(section->flags & SHF_ALLOC) || (section->flags & SHF_MERGE) || !section->size)
		return false;
	if (!strncmp(section->name, ".BTF_ids", 8))
		return false;
	switch (section_rule_find(section)->kind) {
	case SECTION_TEXT:
	case SECTION_FRAGMENT:
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

/* From one function or variable to the next: gaps belong to what is in front of them. */
static void check_section(struct proof_work *work, const struct elf_section *section)
{
	struct subject subject = { .name = section->name, .section = section };

	for (size_t i = 0; i < section->symbol_count; i++) {
		const struct elf_symbol *symbol = section->symbols[i];

		if ((symbol->type != STT_FUNC && symbol->type != STT_OBJECT) ||
		    symbol->value < subject.start || symbol->value >= section->size)
			continue;
		if (symbol->value > subject.start) {
			subject.end = symbol->value;
			check_subject(work, &subject);
		}
		subject = (struct subject){ .name = symbol->name, .section = section,
					    .start = symbol->value,
					    .is_function = symbol->type == STT_FUNC,
					    .is_patched = is_patched_name(work, symbol->name) };
	}
	subject.end = section->size;
	check_subject(work, &subject);
}

/* Functions without a place are not proven; anything else without one is only noted: nothing that is
 * proven refers to it, since that would have given it its place. */
static void check_sections(struct proof_work *work)
{
	for (size_t i = 0; i < work->plain->section_count; i++) {
		const struct elf_section *section = work->plain->sections[i];
		const struct placement *placement = placement_of(&work->placements, section);

		if (!is_compared(section))
			continue;
		if (placement->kind == PLACEMENT_UNKNOWN && !is_text_section(section)) {
			text_list_printf(&work->proof->unplaced, "%s: %s", section->name,
					 placement->why ? placement->why : "nothing says where it is");
			continue;
		}
		check_section(work, section);
	}
}

static int check_layouts(struct proof_work *work, struct error *err)
{
	auto_dwarf struct dwarf *dwarf = NULL;

	if (!work->request->layouts)
		return 0;
	if (dwarf_open(work->request->plain, &dwarf, err) == 0) {
		kernel_layouts_compare(work->request->layouts, dwarf, &work->proof->layouts,
				       &work->proof->types);
		return 0;
	}
	if (err->code != ERROR_NOT_FOUND)
		return -1;
	text_list_add(&work->proof->unplaced, "types: the unit has no debug information");
	return 0;
}

static void judge(struct unit_proof *proof)
{
	bool functions = !proof->layouts.count;

	for (size_t i = 0; i < proof->count; i++)
		functions &= !proof->differences[i].is_patched &&
			     strncmp(proof->differences[i].section, ".rodata", 7);
	proof->verdict = !proof->count && !proof->layouts.count ? PROOF_PROVEN
			 : functions ? PROOF_PATCHED_ONLY : PROOF_UNPROVEN;
}

static int prove(struct proof_work *work, struct error *err)
{
	proof_check_rows(work); /* gives the code of alternatives its place */
	check_sections(work);
	if (work->request->original &&
	    pair_check(work->plain, work->request->original, work->request->patched, work->proof,
		       err) < 0)
		return -1;
	if (check_layouts(work, err) < 0)
		return -1;
	judge(work->proof);
	return 0;
}

int unit_proof_make(const struct unit_proof_request *request, const struct shipped *shipped,
		    struct unit_proof *ret_proof, struct error *err)
{
	auto_object struct object *plain = NULL;
	struct unit_proof proof = { .unit = xstrdup(request->unit),
				    .object = xstrdup(request->object) };
	struct proof_work work = { .request = request, .proof = &proof };
	int result;

	if (object_read(request->plain, 0, &plain, err) < 0) {
		unit_proof_clear(&proof);
		return -1;
	}
	work.plain = plain;
	placements_make(plain, shipped, &work.placements);
	result = prove(&work, err);
	placements_clear(&work.placements);
	if (result < 0) {
		unit_proof_clear(&proof);
		return -1;
	}
	*ret_proof = proof;
	return 0;
}

void unit_proof_write(const struct unit_proof *proof, json_value *into)
{
	json_set_text(into, "unit", proof->unit);
	json_set_text(into, "object", proof->object);
	json_set_text(into, "verdict", proof_verdict_name(proof->verdict));
	json_set_int(into, "functions", (int64_t)proof->functions);
	json_set_int(into, "equal", (int64_t)proof->equal_functions);
	json_set_int(into, "data_bytes", (int64_t)proof->data_bytes);
	json_set_int(into, "rows", (int64_t)proof->rows);
	json_set_int(into, "types", (int64_t)proof->types);

	json_value *list = json_set_array(into, "differences");

	for (size_t i = 0; i < proof->count; i++) {
		const struct proof_difference *difference = &proof->differences[i];
		json_value *item = json_add_object(list);

		json_set_text(item, "subject", difference->subject);
		json_set_text(item, "section", difference->section);
		json_set_int(item, "offset", (int64_t)difference->offset);
		json_set_text(item, "text", difference->text);
		json_set_bool(item, "patched", difference->is_patched);
		if (difference->ours) {
			json_set_text(item, "rebuilt", difference->ours);
			json_set_text(item, "shipped", difference->theirs);
		}
	}
	list = json_set_array(into, "layouts");
	for (size_t i = 0; i < proof->layouts.count; i++)
		json_add_text(list, proof->layouts.items[i]);
	list = json_set_array(into, "not_compared");
	for (size_t i = 0; i < proof->unplaced.count; i++)
		json_add_text(list, proof->unplaced.items[i]);
}

/* A patched function first, then one with other code; not one that only has no place. */
static const struct proof_difference *most_telling(const struct unit_proof *proof)
{
	const struct proof_difference *best = NULL;
	int best_points = -1;

	for (size_t i = 0; i < proof->count; i++) {
		const struct proof_difference *difference = &proof->differences[i];
		int points = 2 * difference->is_patched + !strstr(difference->text, "no known place");

		if (points > best_points) {
			best = difference;
			best_points = points;
		}
	}
	return best;
}

void unit_proof_describe(const struct unit_proof *proof, struct buffer *into)
{
	const struct proof_difference *difference = most_telling(proof);

	buffer_printf(into, "%s in %s: %s, %zu of %zu functions equal the shipped ones\n",
		      proof->unit, proof->object, proof_verdict_name(proof->verdict),
		      proof->equal_functions, proof->functions);
	if (proof->layouts.count)
		buffer_printf(into, "%s%s\n", proof->layouts.items[0],
			      proof->layouts.count > 1 ? " (and other types)" : "");
	if (!difference)
		return;
	buffer_printf(into, "%s+0x%jx (%s): %s\n", difference->subject,
		      (uintmax_t)difference->offset, difference->section, difference->text);
	if (difference->ours)
		buffer_printf(into, "compiled here:\n%sshipped:\n%s", difference->ours,
			      difference->theirs);
	if (proof->count > 1)
		buffer_printf(into, "and %zu more differences\n", proof->count - 1);
}
