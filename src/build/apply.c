// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/apply.h"

#include <string.h>

#include "base/memory.h"
#include "build/line_table.h"

/* The old side of a hunk: what must be in the text. */
struct wanted {
	struct text_line *lines;
	size_t count;
	size_t prefix, suffix; /* lines of context before the first and after the last change */
};

struct place {
	size_t line; /* index of the text's line where the hunk's first used line stands */
	size_t skip_head, skip_tail; /* context lines that fuzz leaves out */
};

static void wanted_clear(struct wanted *wanted)
{
	free(wanted->lines);
}

static struct wanted wanted_of(const struct hunk *hunk)
{
	struct wanted wanted = { .lines = xcalloc(hunk->count + 1, sizeof(*wanted.lines)) };
	bool changed = false;

	for (size_t i = 0; i < hunk->count; i++) {
		const struct patch_line *line = &hunk->lines[i];

		if (line->kind != ' ') {
			changed = true;
			wanted.suffix = 0;
		} else if (changed) {
			wanted.suffix++;
		} else {
			wanted.prefix++;
		}
		if (line->kind != '+')
			wanted.lines[wanted.count++] = (struct text_line){ line->text, line->size };
	}
	return wanted;
}

static bool matches_at(const struct wanted *wanted, const struct line_table *text,
		       const struct place *place)
{
	size_t used = wanted->count - place->skip_head - place->skip_tail;

	if (place->line + used > text->count)
		return false;
	for (size_t i = 0; i < used; i++)
		if (!text_line_same(&wanted->lines[place->skip_head + i],
				    &text->items[place->line + i]))
			return false;
	return true;
}

/* Nearest match to `expected` in [first, text->count]. */
static bool search(const struct wanted *wanted, const struct line_table *text, size_t first,
		   size_t expected, struct place *place)
{
	size_t furthest = text->count > expected ? text->count - expected : 0;

	if (expected > first && expected - first > furthest)
		furthest = expected - first;
	for (size_t offset = 0; offset <= furthest; offset++) {
		place->line = expected + offset;
		if (place->line >= first && matches_at(wanted, text, place))
			return true;
		place->line = expected - offset;
		if (offset && offset <= expected && place->line >= first &&
		    matches_at(wanted, text, place))
			return true;
	}
	return false;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How much of the context each step of fuzz leaves out: the longer side first, as patch(1) does. */
static bool set_fuzz(const struct wanted *wanted, unsigned fuzz, struct place *place)
{
	size_t context = wanted->prefix > wanted->suffix ? wanted->prefix : wanted->suffix;

	if (fuzz > context)
		return false;
	place->skip_head = wanted->prefix + fuzz > context ? wanted->prefix + fuzz - context : 0;
	place->skip_tail = wanted->suffix + fuzz > context ? wanted->suffix + fuzz - context : 0;
	place->skip_head = smaller(place->skip_head, wanted->prefix);
	place->skip_tail = smaller(place->skip_tail, wanted->suffix);
	return true;
}

static int printable_size(const struct text_line *line)
{
	size_t size = line->size;

	while (size && (line->text[size - 1] == '\n' || line->text[size - 1] == '\r'))
		size--;
	return size > 80 ? 80 : (int)size;
}

/* Says which line at the expected place is the first that is not as the patch wants it. */
static int mismatch(const struct hunk *hunk, const struct wanted *wanted, size_t number,
		    const struct line_table *text, size_t expected, struct error *err)
{
	size_t i = 0;

	while (i < wanted->count && expected + i < text->count &&
	       text_line_same(&wanted->lines[i], &text->items[expected + i]))
		i++;
	if (i == wanted->count)
		return error_set(err, ERROR_INVALID,
				 "hunk %zu (line %zu of the patch) does not apply: the file is not there as the patch expects it",
				 number, hunk->position);

	const struct text_line *want = &wanted->lines[i];

	if (expected + i >= text->count)
		return error_set(err, ERROR_INVALID,
				 "hunk %zu (line %zu of the patch) does not apply: expected '%.*s' at line %zu, but the file ends there",
				 number, hunk->position, printable_size(want), want->text,
				 expected + i + 1);

	const struct text_line *have = &text->items[expected + i];

	return error_set(err, ERROR_INVALID,
			 "hunk %zu (line %zu of the patch) does not apply: expected '%.*s' at line %zu, found '%.*s'",
			 number, hunk->position, printable_size(want), want->text, expected + i + 1,
			 printable_size(have), have->text);
}

struct applying {
	const struct patch_file *file;
	const struct line_table *text;
	unsigned fuzz;
	struct buffer *into;
	struct text_list *notes;
	size_t done; /* lines of the text that are copied or replaced */
	long drift; /* how far the hunk above was found from where its header said */
};

static int find_place(struct applying *job, size_t index, const struct wanted *wanted,
		      struct place *ret_place, struct error *err)
{
	const struct hunk *hunk = &job->file->hunks[index];
	/* With no old lines, the header names the line before the place. */
	long header = (long)hunk->old_start - (hunk->old_count ? 1 : 0);
	long expected = header + job->drift;
	struct place place = { 0 };

	if (expected < 0)
		expected = 0;
	if (wanted->count == 0) {
		/* Only its number would say where it belongs, and lines of another kernel have others.
		 * The beginning of a file is the same everywhere. */
		if (job->text->count && hunk->old_start)
			return error_set(err, ERROR_INVALID,
					 "hunk %zu (line %zu of the patch) adds lines and has no line "
					 "around them that says where: make the patch with context "
					 "(git diff, diff -u)", index + 1, hunk->position);
		place.line = (size_t)expected;
		if (place.line < job->done || place.line > job->text->count)
			return mismatch(hunk, wanted, index + 1, job->text, place.line, err);
		*ret_place = place;
		return 0;
	}
	for (unsigned fuzz = 0; fuzz <= job->fuzz && set_fuzz(wanted, fuzz, &place); fuzz++) {
		if (fuzz && wanted->count == place.skip_head + place.skip_tail)
			break; /* nothing is left that could match */
		if (!search(wanted, job->text, job->done, (size_t)expected + place.skip_head,
			    &place))
			continue;

		long found = (long)(place.line - place.skip_head);

		job->drift = found - header;
		if (fuzz)
			text_list_printf(job->notes, "%s: hunk %zu applied at line %ld with fuzz %u",
					 job->file->path, index + 1, found + 1, fuzz);
		else if (found != header)
			text_list_printf(job->notes,
					 "%s: hunk %zu applied at line %ld, %ld lines from where the patch says",
					 job->file->path, index + 1, found + 1, found - header);
		*ret_place = place;
		return 0;
	}
	return mismatch(hunk, wanted, index + 1, job->text, (size_t)expected, err);
}

static void copy_until(struct applying *job, size_t line)
{
	for (; job->done < line; job->done++)
		buffer_add(job->into, job->text->items[job->done].text,
			   job->text->items[job->done].size);
}

/* Writes the hunk's new lines. Context is taken from the text, which fuzz may have left differing. */
static void write_hunk(struct applying *job, const struct hunk *hunk, const struct wanted *wanted,
		       const struct place *place)
{
	size_t end = wanted->count - place->skip_tail, old = 0;

	copy_until(job, place->line);
	for (size_t i = 0; i < hunk->count; i++) {
		const struct patch_line *line = &hunk->lines[i];

		if (line->kind == '+') {
			buffer_add(job->into, line->text, line->size);
			continue;
		}
		if (old >= place->skip_head && old < end) {
			if (line->kind == ' ')
				copy_until(job, job->done + 1);
			else
				job->done++;
		}
		old++;
	}
}

int hunks_apply(const struct patch_file *file, const struct buffer *text, unsigned fuzz,
		struct buffer *into, struct text_list *notes, struct error *err)
{
	auto_line_table struct line_table lines = { 0 };
	struct applying job = { .file = file, .text = &lines, .fuzz = fuzz, .into = into,
				.notes = notes };
	int result = 0;

	line_table_cut(&lines, text);
	for (size_t i = 0; i < file->count && result == 0; i++) {
		struct wanted wanted = wanted_of(&file->hunks[i]);
		struct place place = { 0 };

		result = find_place(&job, i, &wanted, &place, err);
		if (result == 0)
			write_hunk(&job, &file->hunks[i], &wanted, &place);
		wanted_clear(&wanted);
	}
	copy_until(&job, lines.count);
	return result;
}
