// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/member_names.h"

#include <string.h>

#include "base/memory.h"
#include "build/c_text.h"

#define NAMES_LIMIT 64

struct side { /* one of the two texts */
	struct c_text text;
	const struct text_list *names;
	bool is_old;
	bool is_clear; /* nothing that cannot be told was found */
	struct text_list givers; /* statements that may give a value, with the names of now */
	bool given[NAMES_LIMIT]; /* by one of them, the member of that index */
};

static const struct c_token *token_at(const struct side *side, size_t i)
{
	return &side->text.tokens[i];
}

static bool is(const struct side *side, size_t i, const char *word)
{
	return i < side->text.token_count && c_token_is(token_at(side, i), word);
}

static bool is_any(const struct side *side, size_t i, const char *characters)
{
	const struct c_token *token = i < side->text.token_count ? token_at(side, i) : NULL;

	return token && !token->is_word && token->length == 1 && strchr(characters, *token->text);
}

/* Index of the member whose name this is, before (`which` 0) or now (1); NAMES_LIMIT: none. */
static size_t member_of(const struct side *side, size_t i, size_t which)
{
	if (token_at(side, i)->is_word)
		for (size_t k = which; k < side->names->count; k += 2)
			if (c_token_is(token_at(side, i), side->names->items[k]))
				return k / 2;
	return NAMES_LIMIT;
}

/* Behind "." or "->". */
static bool is_access(const struct side *side, size_t i)
{
	return i > 0 && (is(side, i - 1, ".") || (i > 1 && is(side, i - 1, ">") && is(side, i - 2, "-")));
}

/* The opening bracket of the closing one at i, or NO_TOKEN. */
static size_t opening(const struct side *side, size_t i, size_t first)
{
	size_t depth = 0;

	for (size_t k = i + 1; k-- > first;) {
		depth += is_any(side, k, ")]");
		if (is_any(side, k, "([") && --depth == 0)
			return k;
	}
	return NO_TOKEN;
}

/* First token of "a->b[i].name", whose last is at i; NO_TOKEN for what is no such chain. */
static size_t chain_start(const struct side *side, size_t i, size_t first)
{
	while (is_access(side, i)) {
		i -= is(side, i - 1, ".") ? 2 : 3;
		if (i == NO_TOKEN || i < first || i >= side->text.token_count)
			return NO_TOKEN;
		while (is_any(side, i, ")]")) {
			bool is_index = is(side, i, "]");

			i = opening(side, i, first);
			if (i == NO_TOKEN || i == first)
				return NO_TOKEN;
			if (!is_index && !token_at(side, i - 1)->is_word)
				return i; /* "(*p)->name" */
			i--;
		}
		if (!token_at(side, i)->is_word)
			return NO_TOKEN;
	}
	return i;
}

/* What stands behind a value that is only read: no assignment, no "++". */
static bool reads_on(const struct side *side, size_t i)
{
	if (is_any(side, i, "),;?:]}"))
		return true;
	if (is_any(side, i, "=!"))
		return is(side, i + 1, "=");
	if (is_any(side, i, "<>")) /* no shift that assigns */
		return !is_any(side, i + 1, "<>") || !is(side, i + 2, "=");
	if (is_any(side, i, "&|"))
		return !is(side, i + 1, "=");
	return is_any(side, i, "+-*/%^") && !is_any(side, i + 1, "=+-");
}

/* What stands in front of one: no address is taken, no "++". */
static bool reads_from(const struct side *side, size_t i, size_t first)
{
	bool is_double = i > first && is_any(side, i, "&+-") &&
			 is_any(side, i - 1, (char[]){ *token_at(side, i)->text, 0 });

	if (is(side, i, "&"))
		return is_double;
	return token_at(side, i)->is_word || (is_any(side, i, "(),=<>!?:|+-*/%^[~") && !is_double);
}

/* The access whose name is at i, in the statement from `first`, only reads. */
static bool only_reads(const struct side *side, size_t i, size_t first)
{
	size_t start = chain_start(side, i, first), behind = i + 1;

	if (start == NO_TOKEN)
		return false;
	while (start > first && is(side, start - 1, "(") && is(side, behind, ")")) {
		start--;
		behind++;
		if (start > first && token_at(side, start - 1)->is_word) /* call, condition */
			return reads_on(side, behind) || is(side, start - 1, "if") ||
			       is(side, start - 1, "while") || is(side, start - 1, "switch");
	}
	return reads_on(side, behind) && (start == first || reads_from(side, start - 1, first));
}

/* May the statement give one of the members a value, or lead to code that does? */
static bool is_giver(struct side *side, size_t first, size_t end)
{
	bool found = false, has_offset = false;

	for (size_t i = first; i < end; i++)
		has_offset |= is(side, i, "__builtin_offsetof") || is(side, i, "asm") ||
			      is(side, i, "__asm__");
	for (size_t i = first; i < end; i++) {
		size_t member = member_of(side, i, !side->is_old);

		if (member == NAMES_LIMIT)
			continue;
		/* ".name = value" and "name: value" have no object in front of them. */
		if (has_offset || (is_access(side, i) ? !only_reads(side, i, first)
						      : is(side, i + 1, ":"))) {
			side->given[member] |= is_access(side, i);
			found = true;
		}
	}
	return found;
}

/* The statement's text, with the names of now. */
static void add_giver(struct side *side, size_t first, size_t end)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	for (size_t i = first; i < end; i++) {
		size_t member = member_of(side, i, 0);

		if (member != NAMES_LIMIT)
			buffer_printf(&text, "%s ", side->names->items[member * 2 + 1]);
		else
			buffer_printf(&text, "%.*s ", (int)token_at(side, i)->length,
				      token_at(side, i)->text);
	}
	text_list_add(&side->givers, buffer_text(&text));
}

static void look_at(struct side *side, size_t first, size_t end)
{
	bool is_foreign = false, is_mentioned = false;

	for (size_t i = first; i < end; i++) {
		bool was = member_of(side, i, 0) != NAMES_LIMIT;
		bool now = member_of(side, i, 1) != NAMES_LIMIT;
		bool in_main = token_at(side, i)->in_main;

		/* The name of the other text, or the old one in a file that cannot be judged. */
		side->is_clear &= !(was && (!side->is_old || !in_main)) &&
				  !(now && side->is_old && in_main);
		is_foreign |= now && !in_main; /* another thing of that name: as it was, then */
		is_mentioned |= was || now;
	}
	if (is_foreign || (is_mentioned && is_giver(side, first, end)))
		add_giver(side, first, end);
}

/* From one ';' or brace to the next, where no parenthesis is open: "x = ({ ... });" is one statement. */
static void read_side(struct side *side, const struct buffer *text, const char *main_file)
{
	size_t first = 0, depth = 0;

	side->is_clear = true;
	c_text_parse(buffer_text(text), text->size, main_file, &side->text);
	for (size_t i = 0; i < side->text.token_count; i++) {
		depth += is(side, i, "(");
		depth -= depth && is(side, i, ")");
		if (!depth && is_any(side, i, ";{}")) {
			look_at(side, first, i + 1);
			first = i + 1;
		}
	}
	side->is_clear &= side->text.is_whole;
	text_list_sort(&side->givers);
}

static void clear_side(struct side *side)
{
	c_text_clear(&side->text);
	text_list_clear(&side->givers);
}

/* No name stands for two members. */
static bool are_distinct(const struct text_list *names)
{
	for (size_t i = 0; i < names->count; i++)
		for (size_t k = i + 1; k < names->count; k++)
			if (!strcmp(names->items[i], names->items[k]))
				return false;
	return names->count > 0 && names->count % 2 == 0 && names->count / 2 <= NAMES_LIMIT;
}

static bool are_same(const struct side *old, const struct side *new)
{
	if (!old->is_clear || !new->is_clear || old->givers.count != new->givers.count)
		return false;
	for (size_t i = 0; i < old->givers.count; i++)
		if (strcmp(old->givers.items[i], new->givers.items[i]))
			return false;
	for (size_t i = 0; i < old->names->count / 2; i++)
		if (!old->given[i] || !new->given[i])
			return false;
	return true;
}

bool member_names_only(const struct buffer *old_text, const struct buffer *new_text,
		       const char *main_file, const struct text_list *names)
{
	struct side old = { .names = names, .is_old = true };
	struct side new = { .names = names };
	bool same;

	if (!are_distinct(names))
		return false;
	read_side(&old, old_text, main_file);
	read_side(&new, new_text, main_file);
	same = are_same(&old, &new);
	clear_side(&old);
	clear_side(&new);
	return same;
}
