// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/skeleton_items.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const struct c_text *item_text(const struct items *items, const struct item *item)
{
	return item->kind >= ITEM_INCLUDE ? &items->directives : &items->text;
}

char *token_text(const struct c_text *text, size_t token)
{
	return xstrndup(text->tokens[token].text, text->tokens[token].length);
}

static bool is_token(const struct c_text *text, size_t i, size_t end, const char *word)
{
	return i < end && c_token_is(&text->tokens[i], word);
}

static bool is_tag_word(const struct c_token *token)
{
	return c_token_is(token, "struct") || c_token_is(token, "union") ||
	       c_token_is(token, "enum");
}

static void add_name(struct items *items, const struct c_text *text, size_t token, size_t item)
{
	auto_free char *name = token_text(text, token);
	struct item_ref *ref = xcalloc(1, sizeof(*ref));

	ref->item = item;
	ref->next = map_find(items->by_name, name);
	ref->all = items->refs;
	items->refs = ref;
	map_set(items->by_name, name, ref);
}

/* Words that stand before a declaration and say nothing of what it is. */
static size_t skip_storage(const struct c_text *text, size_t i, size_t end)
{
	static const char *const words[] = { "static", "extern", "const", "volatile", "inline",
					     "__always_inline", "noinline", "asmlinkage",
					     "__read_mostly", "__ro_after_init", "notrace" };
	bool more = true;

	while (more && i < end) {
		more = false;
		for (size_t k = 0; k < ARRAY_SIZE(words); k++)
			more |= c_token_is(&text->tokens[i], words[k]);
		i += more;
	}
	return i;
}

/* What may stand between a variable's name and its value (include/linux/compiler_attributes.h, cache.h,
 * init.h); those with a parameter end at its parenthesis. */
static bool is_attribute(const struct c_token *token)
{
	static const char *const words[] = {
		"__read_mostly", "__ro_after_init", "__initdata", "__initconst", "__exitdata",
		"__refdata", "__cacheline_aligned", "____cacheline_aligned", "__page_aligned",
		"__aligned", "__attribute__", "__section", "__maybe_unused", "__used", "__visible",
		"__nosavedata", "__latent_entropy", "__rcu", "__percpu", "__user", "__iomem",
		"__deprecated", "__randomize_layout", "__packed",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (token->length >= strlen(words[i]) &&
		    !memcmp(token->text, words[i], strlen(words[i])))
			return true;
	return false;
}

/* The token behind the attributes that begin at `i`. */
static size_t skip_attributes(const struct c_text *text, size_t i, size_t end)
{
	while (i < end && is_attribute(&text->tokens[i])) {
		size_t close = is_token(text, i + 1, end, "(") ? c_text_close(text, i + 1, end)
							       : i;

		if (close == NO_TOKEN)
			return end;
		i = close + 1;
	}
	return i;
}

bool is_declarator(const struct c_text *text, size_t i, size_t first, size_t end)
{
	size_t next = skip_attributes(text, i + 1, end);

	return text->tokens[i].is_word && i > first && !is_tag_word(&text->tokens[i - 1]) &&
	       !is_attribute(&text->tokens[i]) &&
	       (is_token(text, next, end, ";") || is_token(text, next, end, ",") ||
		is_token(text, next, end, "=") || is_token(text, next, end, "["));
}

size_t value_end(const struct c_text *text, size_t i, size_t end)
{
	while (i + 1 < end && !c_token_is(&text->tokens[i + 1], ",") &&
	       !c_token_is(&text->tokens[i + 1], ";")) {
		size_t close = c_text_close(text, i + 1, end);

		i = close != NO_TOKEN ? close : i + 1;
	}
	return i;
}

/* "enum { A, B = 2 }": A and B. */
static void add_enumerators(struct items *items, size_t open, size_t close, size_t item)
{
	const struct c_text *text = &items->text;

	for (size_t i = open; i + 1 < close; i++)
		if ((i == open || c_token_is(&text->tokens[i], ",")) && text->tokens[i + 1].is_word)
			add_name(items, text, i + 1, item);
}

/* Tags, enumerators and declarators of a declaration. Returns the token of the last declarator. */
static size_t add_names(struct items *items, size_t first, size_t end, size_t item)
{
	const struct c_text *text = &items->text;
	size_t name = NO_TOKEN;

	for (size_t i = first; i < end; i++) {
		const struct c_token *token = &text->tokens[i];
		bool is_bracket = c_token_is(token, "(") || c_token_is(token, "[");

		if (is_tag_word(token) && is_token(text, i + 2, end, "{"))
			add_name(items, text, i + 1, item);
		if (c_token_is(token, "{") || is_bracket) {
			size_t close = c_text_close(text, i, end);
			bool is_enum = i > first && (c_token_is(&text->tokens[i - 1], "enum") ||
						     (i > first + 1 &&
						      c_token_is(&text->tokens[i - 2], "enum")));

			if (close == NO_TOKEN)
				return name;
			if (is_enum && c_token_is(token, "{"))
				add_enumerators(items, i, close, item);
			/* "int (*name)(int)" */
			if (c_token_is(token, "(") && is_token(text, i + 1, end, "*") &&
			    i + 2 < close && text->tokens[i + 2].is_word && name == NO_TOKEN) {
				name = i + 2;
				add_name(items, text, name, item);
			}
			i = close;
			continue;
		}
		if (c_token_is(token, "=")) { /* the initialiser declares nothing, its last word neither */
			i = value_end(text, i, end);
			continue;
		}
		if (is_declarator(text, i, first, end)) {
			name = i;
			add_name(items, text, i, item);
		}
	}
	return name;
}

static size_t find_value(const struct c_text *text, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		size_t close = c_text_close(text, i, end);

		if (c_token_is(&text->tokens[i], "="))
			return i;
		if (close != NO_TOKEN)
			i = close;
	}
	return NO_TOKEN;
}

/* The word before the first parenthesis, for a declaration that is a prototype. */
static size_t prototype_name(const struct c_text *text, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		if (c_token_is(&text->tokens[i], "=") || c_token_is(&text->tokens[i], "{") ||
		    c_token_is(&text->tokens[i], "["))
			return NO_TOKEN;
		if (!c_token_is(&text->tokens[i], "("))
			continue;
		if (is_token(text, i + 1, end, "*")) /* "unsigned long (*name)(int)" */
			return NO_TOKEN;
		return i > first + 1 && text->tokens[i - 1].is_word ? i - 1 : NO_TOKEN;
	}
	return NO_TOKEN;
}

static void classify(struct items *items, struct item *item, size_t index)
{
	const struct c_text *text = &items->text;
	size_t first = skip_storage(text, item->first, item->last);
	size_t name;

	if (is_token(text, first, item->last, "typedef")) {
		item->kind = ITEM_TYPE;
		item->name = add_names(items, first, item->last, index);
		return;
	}
	if (first + 1 < item->last && text->tokens[first].is_word &&
	    c_token_is(&text->tokens[first + 1], "(") &&
	    !is_token(text, first + 2, item->last, "*") &&
	    !is_attribute(&text->tokens[first])) {
		item->kind = ITEM_MACRO_CALL;
		item->name = first;
		for (size_t i = first + 2; i < item->last; i++)
			if (text->tokens[i].is_word)
				add_name(items, text, i, index);
		return;
	}
	name = prototype_name(text, first, item->last);
	if (name != NO_TOKEN && !is_attribute(&text->tokens[name])) {
		item->kind = ITEM_PROTOTYPE;
		item->name = name;
		add_name(items, text, name, index);
		return;
	}
	item->body = find_value(text, first, item->last);
	item->name = add_names(items, item->first, item->last, index);
	item->kind = item->name == NO_TOKEN ? ITEM_TYPE : ITEM_VARIABLE;
}

static struct item *add_item(struct items *items, enum item_kind kind, const char *start,
			     const char *end)
{
	ARRAY_GROW(items->items, items->capacity, items->count + 1);

	struct item *item = &items->items[items->count++];

	*item = (struct item){ .kind = kind, .start = start, .end = end, .name = NO_TOKEN,
			       .body = NO_TOKEN };
	return item;
}

/* "DECLARE_EWMA(name, 0, 64)" ends without a semicolon: it is an item, and the chunk begins behind it. */
static size_t split_macro(struct items *items, const struct c_chunk *chunk)
{
	const struct c_text *text = &items->text;
	size_t first = chunk->first, close;
	struct item *item;

	if (!c_token_is(&text->tokens[first], "DECLARE_EWMA") || first + 1 >= chunk->end)
		return first;
	close = c_text_close(text, first + 1, chunk->end);
	if (close == NO_TOKEN || close + 1 >= chunk->end || c_token_is(&text->tokens[close + 1], ";"))
		return first;
	item = add_item(items, ITEM_MACRO_CALL, text->tokens[first].text, text->tokens[close].text + 1);
	item->first = first;
	item->last = close + 1;
	item->name = first;
	return close + 1;
}

static void add_chunk(struct items *items, const struct c_chunk *chunk)
{
	const struct c_text *text = &items->text;
	const struct c_token *last = &text->tokens[chunk->end - 1];
	size_t first = split_macro(items, chunk);
	struct item *item = add_item(items, ITEM_FUNCTION, text->tokens[first].text,
				     last->text + last->length);

	item->first = first;
	item->last = chunk->end;
	if (chunk->body == NO_TOKEN) {
		classify(items, item, items->count - 1);
		return;
	}
	item->name = chunk->name;
	item->body = chunk->body;
	if (chunk->name != NO_TOKEN)
		add_name(items, text, chunk->name, items->count - 1);
}

static const struct {
	const char *word;
	enum item_kind kind;
} directive_words[] = {
	{ "include", ITEM_INCLUDE }, { "define", ITEM_DEFINE }, { "undef", ITEM_DEFINE },
	{ "if", ITEM_IF },	     { "ifdef", ITEM_IF },	{ "ifndef", ITEM_IF },
	{ "elif", ITEM_ELSE },	     { "else", ITEM_ELSE },	{ "endif", ITEM_ENDIF },
};

static enum item_kind directive_kind(const char *at, const char *end)
{
	at++;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	for (size_t i = 0; i < ARRAY_SIZE(directive_words); i++) {
		size_t length = strlen(directive_words[i].word);

		if ((size_t)(end - at) >= length && !memcmp(at, directive_words[i].word, length) &&
		    (at + length == end || !isalnum((unsigned char)at[length])))
			return directive_words[i].kind;
	}
	return ITEM_IGNORED;
}

/* The end of the directive's last line, without the newline. */
static const char *directive_end(const char *at, const char *end)
{
	const char *line;

	while ((line = memchr(at, '\n', (size_t)(end - at)))) {
		if (line == at || line[-1] != '\\')
			return line;
		at = line + 1;
	}
	return end;
}

/* Directives between `at` and `end`, where no code is; comments there are passed over. */
static void add_directives(struct items *items, const char *at, const char *end)
{
	while (at < end) {
		if (*at == '#') {
			const char *stop = directive_end(at, end);

			add_item(items, directive_kind(at, stop), at, stop);
			at = stop;
		} else if (at + 1 < end && at[0] == '/' && at[1] == '*') {
			const char *close = memmem(at + 2, (size_t)(end - at - 2), "*/", 2);

			at = close ? close + 2 : end;
		} else if (at + 1 < end && at[0] == '/' && at[1] == '/') {
			const char *line = memchr(at, '\n', (size_t)(end - at));

			at = line ? line : end;
		} else {
			at++;
		}
	}
}

/* Words of all directives, in one text without the '#', which the reader of C would pass over. */
static void read_words(struct items *items, struct buffer *words)
{
	size_t token = 0;

	for (size_t i = 0; i < items->count; i++)
		if (items->items[i].kind >= ITEM_INCLUDE) {
			buffer_add(words, items->items[i].start + 1,
				   (size_t)(items->items[i].end - items->items[i].start - 1));
			buffer_add_text(words, "\n");
		}
	c_text_parse(buffer_text(words), words->size, NULL, &items->directives);

	const char *at = buffer_text(words);

	for (size_t i = 0; i < items->count; i++) {
		struct item *item = &items->items[i];

		if (item->kind < ITEM_INCLUDE)
			continue;
		at += item->end - item->start;
		item->first = token;
		while (token < items->directives.token_count &&
		       items->directives.tokens[token].text < at)
			token++;
		item->last = token;
		if (item->kind == ITEM_DEFINE && item->last > item->first + 1) {
			item->name = item->first + 1;
			add_name(items, &items->directives, item->name, i);
		}
	}
}

int items_read(const struct buffer *text, struct items *ret_items, struct error *err)
{
	const char *start = buffer_text((struct buffer *)text), *at = start;
	struct items items = { .by_name = map_new() };

	c_text_parse(start, text->size, NULL, &items.text);
	if (!items.text.is_whole) {
		items_clear(&items);
		return error_set(err, ERROR_UNSUPPORTED,
				 "the file cannot be cut into functions and declarations: its braces do not close in every configuration");
	}
	for (size_t i = 0; i < items.text.chunk_count; i++) {
		const struct c_chunk *chunk = &items.text.chunks[i];
		const struct c_token *last = &items.text.tokens[chunk->end - 1];

		add_directives(&items, at, items.text.tokens[chunk->first].text);
		add_chunk(&items, chunk);
		at = last->text + last->length;
	}
	add_directives(&items, at, start + text->size);
	read_words(&items, &items.words);
	*ret_items = items;
	return 0;
}

void items_clear(struct items *items)
{
	while (items->refs) {
		struct item_ref *next = items->refs->all;

		free(items->refs);
		items->refs = next;
	}
	map_free(items->by_name);
	free(items->items);
	buffer_clear(&items->words);
	c_text_clear(&items->text);
	c_text_clear(&items->directives);
	*items = (struct items){ 0 };
}
