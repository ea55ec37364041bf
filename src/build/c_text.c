// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/c_text.h"

#include <ctype.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"

void c_text_clear(struct c_text *text)
{
	free(text->tokens);
	free(text->chunks);
	*text = (struct c_text){ 0 };
}

bool c_token_is(const struct c_token *token, const char *word)
{
	return strlen(word) == token->length && !memcmp(word, token->text, token->length);
}

struct reader {
	const char *at, *end;
	const char *main_file; /* or NULL */
	unsigned line;
	bool in_main, at_line_start;
	struct c_text *text;
};

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

static void add_token(struct reader *reader, const char *end, bool is_word)
{
	struct c_text *text = reader->text;

	ARRAY_GROW(text->tokens, text->token_capacity, text->token_count + 1);
	text->tokens[text->token_count++] = (struct c_token){
		reader->at, (unsigned)(end - reader->at), reader->line, is_word, reader->in_main,
	};
	reader->at = end;
}

/* "# 12 "net/core/sock.c" 2": whose text follows (cpp, "Preprocessor Output"). */
static void read_marker(struct reader *reader, const char *end)
{
	const char *at = reader->at + 1;
	size_t length = strlen(reader->main_file);

	while (at < end && (*at == ' ' || isdigit((unsigned char)*at)))
		at++;
	if (at < end && *at == '"')
		reader->in_main = (size_t)(end - at) > length + 1 &&
				  !memcmp(at + 1, reader->main_file, length) &&
				  at[length + 1] == '"';
}

/* A directive with the lines that continue it. */
static void skip_directive(struct reader *reader)
{
	const char *end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));

	if (reader->main_file)
		read_marker(reader, end ? end : reader->end);
	while (end && end > reader->at && end[-1] == '\\') {
		reader->line++;
		reader->at = end + 1;
		end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	}
	reader->at = end ? end : reader->end;
}

static bool skip_comment(struct reader *reader)
{
	const char *at = reader->at;
	const char *end;

	if (at + 1 >= reader->end || (at[1] != '*' && at[1] != '/'))
		return false;
	if (at[1] == '/')
		end = memchr(at, '\n', (size_t)(reader->end - at));
	else if ((end = memmem(at + 2, (size_t)(reader->end - at - 2), "*/", 2)))
		end += 2;
	for (end = end ? end : reader->end; at < end; at++)
		reader->line += *at == '\n';
	reader->at = end;
	return true;
}

static void read_literal(struct reader *reader)
{
	const char *at = reader->at + 1;

	while (at < reader->end && *at != *reader->at && *at != '\n')
		at += *at == '\\' && at + 1 < reader->end ? 2 : 1;
	if (at > reader->end)
		at = reader->end;
	add_token(reader, at < reader->end && *at == *reader->at ? at + 1 : at, false);
}

static void read_one(struct reader *reader)
{
	char c = *reader->at;
	const char *end = reader->at + 1;

	if (c == '\n') {
		reader->line++;
		reader->at++;
		reader->at_line_start = true;
		return;
	}
	if (isspace((unsigned char)c) || c == '\\') {
		reader->at++;
		return;
	}
	if (c == '#' && reader->at_line_start) {
		skip_directive(reader);
		return;
	}
	if (c == '/' && skip_comment(reader))
		return;
	reader->at_line_start = false;
	if (c == '"' || c == '\'') {
		read_literal(reader);
		return;
	}
	while (is_word_char(c) && end < reader->end && is_word_char(*end))
		end++;
	add_token(reader, end, is_word_char(c));
}

/* +1 for an opening bracket of any kind, -1 for a closing one. */
static int step_of(const struct c_token *token)
{
	if (token->length != 1 || token->is_word)
		return 0;
	return strchr("({[", *token->text) ? 1 : strchr(")}]", *token->text) ? -1 : 0;
}

size_t c_text_close(const struct c_text *text, size_t open, size_t end)
{
	int depth = 0;

	for (size_t i = open; i < end; i++) {
		depth += step_of(&text->tokens[i]);
		if (depth <= 0)
			return depth == 0 && i > open ? i : NO_TOKEN;
	}
	return NO_TOKEN;
}

/* Words that stand before a parenthesis and are no function's name. */
static bool is_no_name(const struct c_token *token)
{
	static const char *const words[] = { "__attribute__", "__attribute", "__asm__", "asm",
					     "__asm", "__typeof__", "typeof", "__typeof",
					     "_Alignas", "__aligned", "__printf", "__scanf",
					     "__acquires", "__releases", "__must_hold",
					     "__section" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (c_token_is(token, words[i]))
			return true;
	return false;
}

/* The word before the first parenthesis at the top: "int f(void)". What returns a pointer to a
 * function reads "int (*f(void))(int)": its name cannot be told here. */
static size_t find_name(const struct c_text *text, size_t first, size_t body)
{
	static const char *const types[] = { "int", "void", "char", "long", "short", "unsigned",
					     "signed", "bool", "_Bool", "const", "inline" };

	for (size_t i = first + 1; i < body; i++) {
		if (!c_token_is(&text->tokens[i], "("))
			continue;
		if (text->tokens[i - 1].is_word && !is_no_name(&text->tokens[i - 1])) {
			for (size_t k = 0; k < ARRAY_SIZE(types); k++)
				if (c_token_is(&text->tokens[i - 1], types[k]))
					return NO_TOKEN;
			return i - 1;
		}
		i = c_text_close(text, i, body);
		if (i == NO_TOKEN)
			return NO_TOKEN;
	}
	return NO_TOKEN;
}

/* "struct __attribute__((packed)) {" has a parenthesis before its brace too. */
static bool begins_body(const struct c_text *text, size_t first, size_t brace)
{
	size_t open = first;

	if (brace == first || !c_token_is(&text->tokens[brace - 1], ")"))
		return false;
	if (find_name(text, first, brace) != NO_TOKEN)
		return true;
	for (size_t i = first; i < brace; i++)
		if (step_of(&text->tokens[i]) > 0) {
			open = i;
			i = c_text_close(text, i, brace);
			if (i == NO_TOKEN)
				return false;
		}
	return open > first && !is_no_name(&text->tokens[open - 1]);
}

static void add_chunk(struct c_text *text, size_t first, size_t end, size_t body)
{
	ARRAY_GROW(text->chunks, text->chunk_capacity, text->chunk_count + 1);
	text->chunks[text->chunk_count++] = (struct c_chunk){
		first, end, body == NO_TOKEN ? NO_TOKEN : find_name(text, first, body), body,
	};
}

static void cut(struct c_text *text)
{
	size_t first = 0, i = 0;
	bool has_value = false; /* "=" was seen: a brace is an initialiser's */

	while (i < text->token_count) {
		const struct c_token *token = &text->tokens[i];
		int step = step_of(token);

		if (step < 0)
			return;
		if (step > 0) {
			size_t close = c_text_close(text, i, text->token_count);

			if (close == NO_TOKEN)
				return;
			if (*token->text == '{' && !has_value && begins_body(text, first, i)) {
				add_chunk(text, first, close + 1, i);
				first = close + 1;
			}
			i = close;
		} else if (c_token_is(token, ";")) {
			add_chunk(text, first, i + 1, NO_TOKEN);
			first = i + 1;
			has_value = false;
		}
		has_value |= c_token_is(token, "=");
		if (first == i + 1)
			has_value = false;
		i++;
	}
	text->is_whole = first == text->token_count;
}

void c_text_parse(const char *text, size_t size, const char *main_file, struct c_text *ret_text)
{
	struct reader reader = { .at = text, .end = text + size, .main_file = main_file,
				 .line = 1, .in_main = true, .at_line_start = true,
				 .text = ret_text };

	*ret_text = (struct c_text){ 0 };
	while (reader.at < reader.end)
		read_one(&reader);
	cut(ret_text);
}

const struct c_chunk *c_text_function_at(const struct c_text *text, unsigned line)
{
	for (size_t i = 0; i < text->chunk_count; i++) {
		const struct c_chunk *chunk = &text->chunks[i];

		if (chunk->body != NO_TOKEN && text->tokens[chunk->first].line <= line &&
		    line <= text->tokens[chunk->end - 1].line)
			return chunk;
	}
	return NULL;
}

const struct c_chunk *c_text_function(const struct c_text *text, const char *name, size_t length)
{
	for (size_t i = 0; i < text->chunk_count; i++) {
		const struct c_chunk *chunk = &text->chunks[i];

		if (chunk->name != NO_TOKEN && text->tokens[chunk->name].length == length &&
		    !memcmp(text->tokens[chunk->name].text, name, length))
			return chunk;
	}
	return NULL;
}

static struct map *functions_of(const struct c_text *text)
{
	struct map *functions = map_new();

	for (size_t i = 0; i < text->chunk_count; i++) {
		const struct c_chunk *chunk = &text->chunks[i];

		if (chunk->name == NO_TOKEN)
			continue;

		const struct c_token *name = &text->tokens[chunk->name];
		auto_free char *key = xstrndup(name->text, name->length);

		map_set(functions, key, (void *)chunk);
	}
	return functions;
}

struct map *c_text_reach(const struct c_text *text, const struct text_list *roots,
			 bool *ret_is_known)
{
	auto_map struct map *functions = functions_of(text);
	struct map *reached = map_new();

	*ret_is_known = true;
	for (size_t i = 0; i < roots->count; i++) {
		map_set(reached, roots->items[i], map_find(functions, roots->items[i]));
		*ret_is_known &= map_has(functions, roots->items[i]);
	}
	for (size_t i = 0; i < map_count(reached); i++) {
		const struct c_chunk *chunk = map_value(reached, i);

		for (size_t k = chunk ? chunk->body : 0; chunk && k < chunk->end; k++) {
			const struct c_token *token = &text->tokens[k];
			auto_free char *name = NULL;

			if (!token->is_word)
				continue;
			name = xstrndup(token->text, token->length);
			if (map_has(functions, name) && !map_has(reached, name))
				map_set(reached, name, map_find(functions, name));
		}
	}
	return reached;
}
