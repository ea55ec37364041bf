// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/c_state.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"

void c_state_clear(struct c_state *state)
{
	free(state->groups);
	*state = (struct c_state){ 0 };
}

bool c_state_is_boundary(const struct c_state *state)
{
	return !state->in_comment && !state->continued && !state->in_literal && !state->parens;
}

static enum c_directive directive_of(const char *word, size_t length)
{
	static const struct {
		const char *word;
		enum c_directive directive;
	} table[] = {
		{ "if", C_IF }, { "ifdef", C_IF }, { "ifndef", C_IF }, { "else", C_BRANCH },
		{ "elif", C_BRANCH }, { "elifdef", C_BRANCH }, { "elifndef", C_BRANCH },
		{ "endif", C_ENDIF }, { "line", C_LINE },
	};

	if (length && isdigit((unsigned char)word[0]))
		return C_LINE;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (strlen(table[i].word) == length && !memcmp(table[i].word, word, length))
			return table[i].directive;
	return C_OTHER;
}

static size_t skip_blanks(const char *line, size_t size, size_t at)
{
	while (at < size && (line[at] == ' ' || line[at] == '\t'))
		at++;
	return at;
}

/* The directive that begins on this line, if its first character is a '#'. */
static enum c_directive find_directive(const char *line, size_t size)
{
	size_t start = skip_blanks(line, size, 0);

	if (start == size || line[start] != '#')
		return C_NO_DIRECTIVE;
	start = skip_blanks(line, size, start + 1);

	size_t end = start;

	while (end < size && isalnum((unsigned char)line[end]))
		end++;
	return directive_of(line + start, end - start);
}

static void open_group(struct c_state *state)
{
	ARRAY_GROW(state->groups, state->capacity, state->depth + 1);
	state->groups[state->depth++] = (struct c_group){ .parens_before = state->parens };
}

/* Each branch begins where the #if stood; what follows #endif goes on from the first branch. */
static void end_branch(struct c_state *state, bool is_last)
{
	if (!state->depth)
		return;

	struct c_group *group = &state->groups[state->depth - 1];

	if (!group->has_branches)
		group->parens_first = state->parens;
	else if (state->parens != group->parens_first)
		state->unbalanced = true;
	if (!is_last) {
		state->parens = group->parens_before;
		group->has_branches = true;
		return;
	}
	if (group->parens_first != group->parens_before && !group->has_branches)
		state->unbalanced = true;
	state->parens = group->parens_first;
	state->depth--;
}

static void note_directive(struct c_state *state, enum c_directive directive)
{
	if (directive == C_IF)
		open_group(state);
	else if (directive == C_BRANCH || directive == C_ENDIF)
		end_branch(state, directive == C_ENDIF);
}

static void count_paren(struct c_state *state, char c)
{
	if (state->in_directive)
		return;
	if (c == '(')
		state->parens++;
	else if (c == ')' && state->parens)
		state->parens--;
}

/* Reads on inside a literal; returns the index behind what was read. */
static size_t read_literal(struct c_state *state, const char *line, size_t size, size_t at)
{
	while (at < size) {
		char c = line[at++];

		if (c == '\\' && at < size)
			at++;
		else if (c == state->in_literal) {
			state->in_literal = 0;
			break;
		}
	}
	return at;
}

static size_t read_comment(struct c_state *state, const char *line, size_t size, size_t at)
{
	const char *end = memmem(line + at, size - at, "*/", 2);

	if (!end)
		return size;
	state->in_comment = false;
	return (size_t)(end - line) + 2;
}

static size_t read_code(struct c_state *state, const char *line, size_t size, size_t at)
{
	char c = line[at], next = at + 1 < size ? line[at + 1] : 0;

	if (c == '/' && next == '*') {
		state->in_comment = true;
		return at + 2;
	}
	if (c == '/' && next == '/') {
		state->in_line_comment = true;
		return size;
	}
	if (c == '"' || c == '\'')
		state->in_literal = c;
	else
		count_paren(state, c);
	return at + 1;
}

/* Without the newline and the backslash that continues the line. */
static size_t content_size(const char *line, size_t size, bool *ret_continued)
{
	if (size && line[size - 1] == '\n')
		size--;
	if (size && line[size - 1] == '\r')
		size--;
	*ret_continued = size && line[size - 1] == '\\';
	return size - *ret_continued;
}

enum c_directive c_state_read(struct c_state *state, const char *line, size_t size)
{
	enum c_directive directive = C_NO_DIRECTIVE;
	bool fresh = !state->in_comment && !state->continued;
	bool continued;

	size = content_size(line, size, &continued);
	if (fresh) {
		directive = find_directive(line, size);
		state->in_directive = directive != C_NO_DIRECTIVE;
		note_directive(state, directive);
		/* Kernel style: a brace in the first column ends a function. */
		if (state->unbalanced && size && line[0] == '}') {
			state->parens = 0;
			state->unbalanced = false;
		}
	}
	for (size_t at = state->in_line_comment ? size : 0; at < size; ) {
		if (state->in_comment)
			at = read_comment(state, line, size, at);
		else if (state->in_literal)
			at = read_literal(state, line, size, at);
		else
			at = read_code(state, line, size, at);
	}
	state->continued = continued;
	if (!continued) {
		/* An apostrophe in skipped text or in #error opens nothing. */
		state->in_literal = 0;
		state->in_line_comment = false;
		if (!state->in_comment)
			state->in_directive = false;
	}
	return directive;
}
