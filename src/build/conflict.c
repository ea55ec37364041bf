// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/conflict.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "build/apply.h"
#include "build/c_text.h"
#include "build/line_diff.h"

/* "SYSCALL_DEFINE2(umount, ...)" is a function's name only with its first argument. */
static char *name_of(const struct c_text *text, const struct c_chunk *chunk)
{
	const struct c_token *name = &text->tokens[chunk->name];
	const struct c_token *argument = chunk->name + 2 < chunk->end ? name + 2 : NULL;

	for (unsigned i = 0; i < name->length; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", name->text[i]))
			argument = NULL;
	if (argument && argument->is_word)
		return xasprintf("%.*s(%.*s)", (int)name->length, name->text,
				 (int)argument->length, argument->text);
	return xstrndup(name->text, name->length);
}

static void add_function(const struct c_text *text, size_t line, struct text_list *functions)
{
	const struct c_chunk *chunk = c_text_function_at(text, (unsigned)line);

	if (!chunk || chunk->name == NO_TOKEN)
		return;

	auto_free char *name = name_of(text, chunk);

	if (!text_list_has(functions, name))
		text_list_add(functions, name);
}

void conflict_functions(const struct buffer *old, const struct buffer *new,
			struct text_list *ret_functions)
{
	auto_c_text struct c_text old_text = { 0 }, new_text = { 0 };
	auto_line_table struct line_table old_lines = { 0 }, new_lines = { 0 };

	line_table_cut(&old_lines, old);
	line_table_cut(&new_lines, new);
	c_text_parse(buffer_text((struct buffer *)old), old->size, NULL, &old_text);
	c_text_parse(buffer_text((struct buffer *)new), new->size, NULL, &new_text);

	auto_free size_t *same = line_diff(&old_lines, &new_lines);
	size_t next = 0; /* line of the old text */

	for (size_t i = 0; i <= new_lines.count; i++) {
		size_t here = i == new_lines.count ? old_lines.count : same[i];

		if (here == LINE_NEW) {
			add_function(&new_text, i + 1, ret_functions);
			continue;
		}
		for (; next < here; next++)
			add_function(&old_text, next + 1, ret_functions);
		next = here + 1;
	}
}

/* The text with the first `count` hunks; false if they do not apply. */
static bool apply_some(const struct patch_file *file, size_t count, const struct buffer *text,
		       unsigned fuzz, struct buffer *into)
{
	auto_text_list struct text_list notes = { 0 };
	struct patch_file some = *file;
	struct error ignored;

	some.count = count;
	return hunks_apply(&some, text, fuzz, into, &notes, &ignored) == 0;
}

/* Index of the first hunk that does not apply. */
static size_t failing_hunk(const struct patch_file *file, const struct buffer *text, unsigned fuzz)
{
	size_t i = 0;

	for (; i < file->count; i++) {
		auto_buffer struct buffer into = BUFFER_INIT;

		if (!apply_some(file, i + 1, text, fuzz, &into))
			break;
	}
	return i;
}

/* Where the hunk would have changed the text. */
static void hunk_functions(const struct patch_file *file, size_t hunk, const struct buffer *text,
			   unsigned fuzz, struct text_list *functions)
{
	auto_buffer struct buffer before = BUFFER_INIT, after = BUFFER_INIT;

	if (apply_some(file, hunk, text, fuzz, &before) &&
	    apply_some(file, hunk + 1, text, fuzz, &after))
		conflict_functions(&before, &after, functions);
}

int conflict_explain(const struct edit *edit, const struct patch_file *file,
		     const struct edit_options *options, struct error *err)
{
	size_t hunk = failing_hunk(file, &edit->final, options->fuzz);

	for (size_t i = edit->step_count; i-- > 0;) {
		const struct edit_step *step = &edit->steps[i];
		auto_text_list struct text_list functions = { 0 };
		auto_buffer struct buffer into = BUFFER_INIT;
		struct error why = *err;

		if (hunk == file->count ||
		    !apply_some(file, hunk + 1, &step->before, options->fuzz, &into))
			continue;
		hunk_functions(file, hunk, &step->before, options->fuzz, &functions);
		return error_set(err, why.code,
				 "%s; it would apply without %s, which changes the same lines%s%s: the two patches contradict each other, make one of them on top of the other",
				 why.msg, step->patch, functions.count ? " of " : "",
				 functions.count ? functions.items[0] : "");
	}
	return -1;
}

static const struct buffer *text_after(const struct edit *edit, size_t step)
{
	return step + 1 < edit->step_count ? &edit->steps[step + 1].before : &edit->final;
}

static void find_in_file(const struct edit *edit, struct finding_list *findings)
{
	struct text_list *functions = xcalloc(edit->step_count, sizeof(*functions));

	for (size_t i = 0; i < edit->step_count; i++)
		conflict_functions(&edit->steps[i].before, text_after(edit, i), &functions[i]);
	for (size_t i = 0; i < edit->step_count; i++)
		for (size_t k = 0; k < i; k++)
			for (size_t f = 0; f < functions[i].count; f++)
				if (strcmp(edit->steps[k].patch, edit->steps[i].patch) &&
				    text_list_has(&functions[k], functions[i].items[f]))
					finding_add(findings, RULE_SAME_FUNCTION, edit->path,
						    functions[i].items[f], NULL,
						    "%s and %s change it", edit->steps[k].patch,
						    edit->steps[i].patch);
	for (size_t i = 0; i < edit->step_count; i++)
		text_list_clear(&functions[i]);
	free(functions);
}

void conflict_find_shared(const struct edit_list *edits, struct finding_list *findings)
{
	for (size_t i = 0; i < edits->count; i++)
		if (edits->items[i].step_count > 1)
			find_in_file(&edits->items[i], findings);
}
