// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/named_types.h"

#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/process.h"
#include "build/c_text.h"
#include "build/compile.h"
#include "build/line_table.h"

/* A name that no unit has. */
#define PROBE "__suture_named_type_"

static bool is(const struct c_text *text, size_t i, const char *word)
{
	return i < text->token_count && c_token_is(&text->tokens[i], word);
}

static bool is_function(const struct c_chunk *chunk)
{
	return chunk->body != NO_TOKEN && chunk->name != NO_TOKEN;
}

static bool is_bracket_word(const struct c_text *text, size_t i)
{
	return is(text, i, "__attribute__") || is(text, i, "__typeof__") || is(text, i, "typeof");
}

/* In a source: "DEFINE_SOMETHING(x, int) int f(void) {". */
static bool has_macro_before(const struct c_text *text, const struct c_chunk *chunk)
{
	size_t groups = 0;

	for (size_t i = chunk->first; i < chunk->body && i != NO_TOKEN; i++)
		if (is(text, i, "(")) {
			groups += i > chunk->first && !is_bracket_word(text, i - 1);
			i = c_text_close(text, i, chunk->body);
			if (i == NO_TOKEN)
				break;
		}
	return groups != 1;
}

static size_t outside_end(const struct c_text *text, const struct c_chunk *chunk)
{
	if (!is_function(chunk))
		return chunk->end;
	return has_macro_before(text, chunk) ? chunk->body : chunk->first;
}

/* All that is no function, word by word. False: not understood. */
static bool add_outside(const struct buffer *buffer, struct buffer *into)
{
	auto_c_text struct c_text text = { 0 };

	c_text_parse(buffer_text(buffer), buffer->size, NULL, &text);
	for (size_t c = 0; c < text.chunk_count; c++)
		for (size_t i = text.chunks[c].first, end = outside_end(&text, &text.chunks[c]);
		     i < end; i++) {
			buffer_add(into, text.tokens[i].text, text.tokens[i].length);
			buffer_add_char(into, ' ');
		}
	return text.is_whole;
}

static bool is_directive(const struct text_line *line)
{
	size_t i = 0;

	while (i < line->size && (line->text[i] == ' ' || line->text[i] == '\t'))
		i++;
	return i < line->size && line->text[i] == '#';
}

static bool is_continued(const struct text_line *line)
{
	size_t size = line->size;

	while (size && strchr("\r\n", line->text[size - 1]))
		size--;
	return size && line->text[size - 1] == '\\';
}

/* Directives, with the lines that continue them: also a macro's text. */
static void add_directives(const struct buffer *buffer, struct buffer *into)
{
	auto_line_table struct line_table lines = { 0 };
	bool goes_on = false;

	line_table_cut(&lines, buffer);
	for (size_t i = 0; i < lines.count; i++) {
		goes_on |= is_directive(&lines.items[i]);
		if (goes_on)
			buffer_add(into, lines.items[i].text, lines.items[i].size);
		goes_on &= is_continued(&lines.items[i]);
	}
}

static bool is_same(const struct buffer *a, const struct buffer *b)
{
	return a->size == b->size && (!a->size || !memcmp(a->data, b->data, a->size));
}

bool named_types_differ(const struct buffer *old, const struct buffer *new)
{
	auto_buffer struct buffer before = BUFFER_INIT;
	auto_buffer struct buffer after = BUFFER_INIT;

	return !add_outside(old, &before) || !add_outside(new, &after) ||
	       !is_same(&before, &after);
}

bool named_types_may_change(const struct edit_list *edits)
{
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit *edit = &edits->items[i];
		auto_buffer struct buffer before = BUFFER_INIT;
		auto_buffer struct buffer after = BUFFER_INIT;

		if (!edit_is_change(edit))
			continue;
		add_directives(&edit->original, &before);
		add_directives(&edit->final, &after);
		if (!is_same(&before, &after) || named_types_differ(&edit->original, &edit->final))
			return true;
	}
	return false;
}

/* "typedef struct foo foo_t;": the last word that no bracket is around. What has other parentheses is a
 * pointer to a function or to an array: one has the size of the other. */
static void add_typedef(const struct c_text *text, const struct c_chunk *chunk,
			struct map *typedefs)
{
	size_t name = NO_TOKEN;

	for (size_t i = chunk->first + 1; i < chunk->end; i++) {
		if (is(text, i, "(") && !is_bracket_word(text, i - 1))
			return;
		if (is(text, i, "(") || is(text, i, "{") || is(text, i, "[")) {
			i = c_text_close(text, i, chunk->end);
			if (i == NO_TOKEN)
				return;
		} else if (text->tokens[i].is_word && !is_bracket_word(text, i)) {
			name = i;
		}
	}
	if (name == NO_TOKEN)
		return;

	auto_free char *key = xstrndup(text->tokens[name].text, text->tokens[name].length);

	map_set(typedefs, key, typedefs);
}

struct search {
	struct c_text text;
	struct map *typedefs; /* name -> anything */
	struct map *found; /* "struct foo" -> anything */
};

static bool is_kind(const struct c_text *text, size_t i)
{
	return is(text, i, "struct") || is(text, i, "union") || is(text, i, "enum");
}

/* "struct __attribute__((packed)) foo": behind the attributes at i. */
static size_t skip_attributes(const struct c_text *text, size_t i, size_t end)
{
	while (i < end && is(text, i, "__attribute__")) {
		i = c_text_close(text, i + 1, end);
		if (i == NO_TOKEN)
			return end;
		i++;
	}
	return i;
}

static void search_tokens(struct search *search, size_t first, size_t end)
{
	const struct c_text *text = &search->text;

	for (size_t i = first; i < end; i++) {
		const struct c_token *token = &text->tokens[i];
		bool is_tagged = is_kind(text, i);
		size_t name = is_tagged ? skip_attributes(text, i + 1, end) : i;
		auto_free char *word = NULL;

		if (name >= end || !text->tokens[name].is_word)
			continue;
		word = xstrndup(text->tokens[name].text, text->tokens[name].length);
		if (is_tagged) {
			auto_free char *label = xasprintf("%.*s %s", (int)token->length,
							  token->text, word);

			map_set(search->found, label, search);
			i = name;
		} else if (map_has(search->typedefs, word)) {
			map_set(search->found, word, search);
		}
	}
}

/* Of a variable: where its value begins; the chunk's end if it has none, or is something else. */
static size_t find_value(const struct c_text *text, const struct c_chunk *chunk)
{
	if (is_function(chunk) || is(text, chunk->first, "typedef"))
		return chunk->end;
	for (size_t i = chunk->first; i < chunk->end; i++) {
		if (is(text, i, "="))
			return i;
		if (is(text, i, "(") || is(text, i, "{") || is(text, i, "["))
			i = c_text_close(text, i, chunk->end);
		if (i == NO_TOKEN)
			break;
	}
	return chunk->end;
}

static void search_text(struct search *search, const struct text_list *roots)
{
	const struct c_text *text = &search->text;
	bool is_known;
	auto_map struct map *reached = c_text_reach(text, roots, &is_known);

	for (size_t i = 0; i < text->chunk_count; i++)
		if (is(text, text->chunks[i].first, "typedef"))
			add_typedef(text, &text->chunks[i], search->typedefs);
	if (!is_known || !text->is_whole) {
		search_tokens(search, 0, text->token_count);
		return;
	}
	for (size_t i = 0; i < map_count(reached); i++) {
		const struct c_chunk *chunk = map_value(reached, i); /* every root is known */

		search_tokens(search, chunk->first, chunk->end);
	}
	for (size_t i = 0; i < text->chunk_count; i++)
		search_tokens(search, find_value(text, &text->chunks[i]), text->chunks[i].end);
}

void named_types_find(const struct buffer *text, const struct text_list *roots,
		      struct text_list *into)
{
	struct search search = { .typedefs = map_new(), .found = map_new() };

	c_text_parse(buffer_text(text), text->size, NULL, &search.text);
	search_text(&search, roots);
	for (size_t i = 0; i < map_count(search.found); i++)
		text_list_add(into, map_key(search.found, i));
	c_text_clear(&search.text);
	map_free(search.typedefs);
	map_free(search.found);
}

/* The text, with nothing in its functions: what is wanted are types, and at once. */
static void add_emptied(const struct buffer *buffer, struct buffer *into)
{
	auto_c_text struct c_text text = { 0 };
	const char *at = buffer_text(buffer), *end = at + buffer->size;

	c_text_parse(at, buffer->size, NULL, &text);
	for (size_t i = 0; i < text.chunk_count; i++) {
		const struct c_chunk *chunk = &text.chunks[i];

		if (!is_function(chunk))
			continue;
		buffer_add(into, at, (size_t)(text.tokens[chunk->body].text - at));
		buffer_add_text(into, "{ }\n");
		at = text.tokens[chunk->end - 1].text + 1;
	}
	buffer_add(into, at, (size_t)(end - at));
}

static int compile(const struct kernel *kernel, const struct unit *unit, const struct buffer *text,
		   const char *object, struct error *err)
{
	auto_text_list struct text_list argv = { 0 };
	auto_process_result struct process_result result = { 0 };
	const char *const env[] = { "LC_ALL=C", NULL };
	static const char *const more[] = { "-w", "-c", "-x", "cpp-output", NULL };
	struct process_spec spec = { .cwd = kernel->source, .env = env, .input = text->data,
				     .input_size = text->size };

	compile_command(&unit->command, NULL, NULL, &argv);
	text_list_add_all(&argv, more);
	text_list_add(&argv, "-o");
	text_list_add(&argv, object);
	text_list_add(&argv, "-");
	spec.argv = (const char *const *)argv.items;
	return process_run_ok(&spec, &result, err);
}

int named_types_compile(const struct kernel *kernel, const struct unit *unit,
			const struct buffer *text, const struct text_list *types,
			const char *object, struct error *err)
{
	auto_buffer struct buffer probe = BUFFER_INIT;

	add_emptied(text, &probe);
	buffer_add_char(&probe, '\n');
	for (size_t i = 0; i < types->count; i++)
		buffer_printf(&probe, "%s *" PROBE "%zu;\n", types->items[i], i);
	if (compile(kernel, unit, &probe, object, err) < 0)
		return error_context(err, "asking for the types that %s names", unit->source);
	return 0;
}
