// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/lines.h"

#include <stddef.h>

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

bool lines_keep(const struct buffer *original, const struct buffer *final, struct buffer *into)
{
	auto_line_table struct line_table before = { 0 }, after = { 0 };
	struct writer writer = { .into = into, .presumed = 1 };

	line_table_cut(&before, original);
	line_table_cut(&after, final);
	if (has_line_directives(&before) || has_line_directives(&after)) {
		buffer_add(into, final->data, final->size);
		return false;
	}

	auto_free size_t *origin = line_diff(&before, &after);

	for (size_t i = 0; i < after.count; i++) {
		if (origin[i] != LINE_NEW && c_state_is_boundary(&writer.state))
			write_directive(&writer, origin[i] + 1);
		write_line(&writer, &after.items[i]);
	}
	free(writer.dirty);
	c_state_clear(&writer.state);
	return true;
}
