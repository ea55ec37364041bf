// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/type_uses.h"

#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "build/c_text.h"

void type_uses_clear(struct type_uses *uses)
{
	text_list_clear(&uses->functions);
	text_list_clear(&uses->reached);
}

struct search {
	struct c_text text;
	const char *keyword, *tag; /* "struct", "foo" */
	struct type_uses *uses;
};

static const struct c_token *token_at(const struct search *search, size_t i)
{
	return &search->text.tokens[i];
}

static bool is(const struct search *search, size_t i, const char *word)
{
	return i < search->text.token_count && c_token_is(token_at(search, i), word);
}

/* "struct foo", at the tag; also "struct __attribute__((packed)) foo". */
static bool is_mention(const struct search *search, size_t i)
{
	return i > 0 && is(search, i, search->tag) &&
	       (is(search, i - 1, search->keyword) || is(search, i - 1, ")"));
}

/* Behind attributes, if there are any at i. */
static size_t skip_attributes(const struct search *search, size_t i, size_t end)
{
	while (i + 1 < end && is(search, i, "__attribute__")) {
		size_t close = c_text_close(&search->text, i + 1, end);

		if (close == NO_TOKEN)
			return end;
		i = close + 1;
	}
	return i;
}

/* Behind the members, if the mention at i is the definition; else i + 1. */
static size_t skip_definition(const struct search *search, size_t i, size_t end)
{
	size_t brace = skip_attributes(search, i + 1, end);

	if (brace >= end || !is(search, brace, "{"))
		return i + 1;
	brace = c_text_close(&search->text, brace, end);
	return brace == NO_TOKEN ? end : skip_attributes(search, brace + 1, end);
}

/* Index of the innermost brace that is open at i. */
static size_t brace_around(const struct search *search, size_t body, size_t i)
{
	size_t depth = 0, k = i;

	while (k-- > body) {
		depth += is(search, k, "}");
		if (is(search, k, "{") && depth-- == 0)
			return k;
	}
	return body;
}

/* A block of statements, and not the members of a struct or an initialiser. */
static bool is_block(const struct search *search, size_t body, size_t brace)
{
	size_t depth = 0, k = brace - 1;

	if (brace == body)
		return true;
	if (token_at(search, k)->is_word)
		return is(search, k, "else") || is(search, k, "do");
	if (!is(search, k, ")"))
		return is(search, k, ";") || is(search, k, "{") || is(search, k, "}") ||
		       is(search, k, "(") || is(search, k, ":");
	for (; k > body; k--) {
		depth += is(search, k, ")");
		if (is(search, k, "(") && --depth == 0)
			return !is(search, k - 1, "__attribute__");
	}
	return false;
}

/* Nothing in front but what says nothing of where the object is. */
static bool begins_statement(const struct search *search, size_t keyword, size_t body)
{
	while (keyword > body + 1 && (is(search, keyword - 1, "const") ||
				      is(search, keyword - 1, "volatile")))
		keyword--;
	return is(search, keyword - 1, ";") || is(search, keyword - 1, "{") ||
	       is(search, keyword - 1, "}");
}

/* "x, y = { 0 }, z[3];" at i: names, no pointers, no functions. */
static bool are_plain_names(const struct search *search, size_t i, size_t end)
{
	while (i < end) {
		i = skip_attributes(search, i, end);
		if (i >= end || !token_at(search, i)->is_word || is(search, i + 1, "("))
			return false;
		for (i++; i < end && !is(search, i, ",") && !is(search, i, ";"); i++)
			if (is(search, i, "(") || is(search, i, "{") || is(search, i, "[")) {
				i = c_text_close(&search->text, i, end);
				if (i == NO_TOKEN)
					return false;
			}
		if (is(search, i, ";"))
			return true;
		i++;
	}
	return false;
}

static bool is_plain_object(const struct search *search, const struct c_chunk *chunk, size_t i)
{
	size_t names = skip_definition(search, i, chunk->end);

	if (i < chunk->body || !is(search, i - 1, search->keyword) ||
	    !begins_statement(search, i - 1, chunk->body) ||
	    !is_block(search, chunk->body, brace_around(search, chunk->body, i)))
		return false;
	/* A definition inside of the function, without an object. */
	if (names > i + 1 && is(search, names, ";"))
		return true;
	return are_plain_names(search, names, chunk->end);
}

/* "struct foo;" or "struct foo { ... };" and nothing else: no use. */
static bool is_declaration(const struct search *search, const struct c_chunk *chunk, size_t i)
{
	size_t behind = skip_definition(search, i, chunk->end);

	if (!is(search, chunk->first, search->keyword) || behind + 1 != chunk->end)
		return false;
	for (size_t k = chunk->first + 1; k < i; k++) /* attributes only */
		if (skip_attributes(search, chunk->first + 1, chunk->end) != i)
			return false;
	for (size_t k = i + 1; k < behind; k++) /* a member that leads to its like */
		if (is_mention(search, k))
			return false;
	return true;
}

static void note_use(struct search *search, const struct c_chunk *chunk, size_t i)
{
	struct type_uses *uses = search->uses;

	uses->is_own &= token_at(search, i)->in_main;
	if (chunk->body == NO_TOKEN || chunk->name == NO_TOKEN) {
		uses->is_open |= !is_declaration(search, chunk, i);
		return;
	}

	const struct c_token *name = token_at(search, chunk->name);
	auto_free char *function = xstrndup(name->text, name->length);

	if (!text_list_has(&uses->functions, function))
		text_list_add(&uses->functions, function);
	if (!is_plain_object(search, chunk, i))
		uses->is_plain = false;
}

static void find_uses(struct search *search)
{
	for (size_t c = 0; c < search->text.chunk_count; c++) {
		const struct c_chunk *chunk = &search->text.chunks[c];

		for (size_t i = chunk->first; i < chunk->end; i++)
			if (is_mention(search, i))
				note_use(search, chunk, i);
	}
}

/* Which of the users may the roots lead to? One that the source has under another name: nobody knows
 * what it leads to. */
static void reach(const struct search *search, const struct text_list *roots)
{
	struct type_uses *uses = search->uses;
	bool is_known;
	auto_map struct map *reached = c_text_reach(&search->text, roots, &is_known);

	uses->is_open |= !is_known;
	for (size_t i = 0; i < uses->functions.count; i++)
		if (map_has(reached, uses->functions.items[i]))
			text_list_add(&uses->reached, uses->functions.items[i]);
}

void type_uses_find(const char *preprocessed, size_t size, const char *main_file, const char *type,
		    const struct text_list *roots, struct type_uses *ret_uses)
{
	struct search search = { .uses = ret_uses };
	const char *blank = strchr(type, ' ');

	*ret_uses = (struct type_uses){ .is_own = true, .is_plain = true };
	if (!blank || (!has_prefix(type, "struct ") && !has_prefix(type, "union "))) {
		ret_uses->is_open = true;
		return;
	}

	auto_free char *keyword = xstrndup(type, (size_t)(blank - type));

	search.keyword = keyword;
	search.tag = blank + 1;
	c_text_parse(preprocessed, size, main_file, &search.text);
	if (search.text.is_whole) {
		find_uses(&search);
		reach(&search, roots);
	} else {
		ret_uses->is_open = true;
	}
	c_text_clear(&search.text);
}
