// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/lines.h"

#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "build/c_state.h"
#include "build/line_diff.h"
#include "build/line_table.h"

/*
 * A directive inside a conditional group counts only if the group is compiled. So a group in which
 * one was written is "dirty", and at its end the number is said again, until no group is open.
 */
struct writer {
	struct c_state state;
	struct buffer *into;
	size_t presumed; /* number that the compiler gives to the next line */
	bool say_again;
	bool *dirty; /* by depth of open groups; [0] is unused */
	size_t dirty_capacity;
};

static bool has_line_directives(const struct line_table *lines)
{
	auto_c_state struct c_state state = { 0 };

	for (size_t i = 0; i < lines->count; i++)
		if (c_state_read(&state, lines->items[i].text, lines->items[i].size) == C_LINE)
			return true;
	return false;
}

static void write_directive(struct writer *writer, size_t wanted)
{
	if (wanted == writer->presumed && !writer->say_again)
		return;
	buffer_printf(writer->into, "#line %zu\n", wanted);
	writer->presumed = wanted;
	writer->say_again = false;
	if (writer->state.depth)
		writer->dirty[writer->state.depth] = true;
}

static void write_line(struct writer *writer, const struct text_line *line)
{
	size_t depth = writer->state.depth;
	enum c_directive directive = c_state_read(&writer->state, line->text, line->size);

	ARRAY_GROW(writer->dirty, writer->dirty_capacity, writer->state.depth + 1);
	if (directive == C_IF) {
		writer->dirty[writer->state.depth] = false;
	} else if ((directive == C_BRANCH || directive == C_ENDIF) && depth &&
		   writer->dirty[depth]) {
		writer->say_again = true;
		writer->dirty[depth] = false;
	}
	buffer_add(writer->into, line->text, line->size);
	writer->presumed++;
}

/* `ret_numbers`: what each line of the text counts as; or NULL. */
static void write_lines(const struct line_table *lines, const size_t *origin, struct buffer *into,
			size_t *ret_numbers)
{
	struct writer writer = { .into = into, .presumed = 1 };

	for (size_t i = 0; i < lines->count; i++) {
		if (origin[i] != LINE_NEW && c_state_is_boundary(&writer.state))
			write_directive(&writer, origin[i] + 1);
		if (ret_numbers)
			ret_numbers[i] = writer.presumed;
		write_line(&writer, &lines->items[i]);
	}
	free(writer.dirty);
	c_state_clear(&writer.state);
}

bool lines_keep(const struct buffer *original, const struct buffer *final, struct buffer *into)
{
	auto_line_table struct line_table before = { 0 }, after = { 0 };

	line_table_cut(&before, original);
	line_table_cut(&after, final);
	if (has_line_directives(&before) || has_line_directives(&after)) {
		buffer_add(into, final->data, final->size);
		return false;
	}

	auto_free size_t *origin = line_diff(&before, &after);

	write_lines(&after, origin, into, NULL);
	return true;
}

void line_set_clear(struct line_set *set)
{
	free(set->has);
	*set = (struct line_set){ 0 };
}

bool line_set_has(const struct line_set *set, size_t number)
{
	return set->has_all || (number < set->count && set->has[number]);
}

static void line_set_add(struct line_set *set, size_t number)
{
	size_t count = set->count;

	if (number >= count) {
		ARRAY_GROW(set->has, set->capacity, number + 1);
		memset(set->has + count, 0, (number + 1 - count) * sizeof(*set->has));
		set->count = number + 1;
	}
	set->has[number] = true;
}

/* Nothing of what follows belongs to it. A comment at its end does not count. */
static bool ends_statement(const struct text_line *line)
{
	size_t size = line->size;

	for (;;) {
		const char *comment = NULL;

		while (size && strchr(" \t\r\n", line->text[size - 1]))
			size--;
		if (size < 2 || memcmp(line->text + size - 2, "*/", 2))
			break;
		for (size_t i = 0; i + 1 < size; i++)
			if (!memcmp(line->text + i, "/*", 2))
				comment = line->text + i;
		if (!comment)
			return false;
		size = (size_t)(comment - line->text);
	}
	return size && strchr(";{}", line->text[size - 1]);
}

/* Adds the edited lines and those before them that belong to the same statement. `numbers`: of each
 * line; NULL: its place. */
static void add_statements(const struct line_table *lines, const bool *is_edited,
			   const size_t *numbers, struct line_set *into)
{
	bool is_open = false;

	for (size_t i = lines->count; i-- > 0;) {
		is_open = is_edited[i] || (is_open && !ends_statement(&lines->items[i]));
		if (is_open)
			line_set_add(into, numbers ? numbers[i] : i + 1);
	}
}

void lines_find_edited(const struct buffer *original, const struct buffer *final,
		       struct line_set *gone, struct line_set *added)
{
	auto_line_table struct line_table before = { 0 }, after = { 0 };
	auto_buffer struct buffer ignored = BUFFER_INIT;

	line_table_cut(&before, original);
	line_table_cut(&after, final);
	if (has_line_directives(&before) || has_line_directives(&after))
		gone->has_all = added->has_all = true;

	auto_free size_t *origin = line_diff(&before, &after);
	auto_free size_t *numbers = xcalloc(after.count + 1, sizeof(*numbers));
	auto_free bool *is_gone = xcalloc(before.count + 1, sizeof(*is_gone));
	auto_free bool *is_new = xcalloc(after.count + 1, sizeof(*is_new));

	memset(is_gone, true, before.count);
	for (size_t i = 0; i < after.count; i++) {
		is_new[i] = origin[i] == LINE_NEW;
		if (!is_new[i])
			is_gone[origin[i]] = false;
	}
	write_lines(&after, origin, &ignored, numbers);
	add_statements(&before, is_gone, NULL, gone);
	add_statements(&after, is_new, numbers, added);
}
