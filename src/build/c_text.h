/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A C text cut into words and into what stands at its top: functions, and everything else. Enough to
 * say which function a word stands in; it knows nothing of types. Reads a source file as well as what
 * the preprocessor makes of one. The text may be hostile: where braces do not close, is_whole says so.
 */
#ifndef SUTURE_BUILD_C_TEXT_H
#define SUTURE_BUILD_C_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define NO_TOKEN ((size_t)-1)

struct c_token {
	const char *text; /* borrowed, not terminated */
	unsigned length;
	unsigned line; /* of the text, from 1 */
	bool is_word; /* identifier, keyword or number */
	bool in_main; /* preprocessed text: of the unit's own file and no header's */
};

struct c_chunk { /* a declaration or a function, with its last token */
	size_t first, end; /* index of a token, and of the one behind */
	size_t name; /* function: token with its name, NO_TOKEN where that cannot be told */
	size_t body; /* function: its '{'; NO_TOKEN: no function */
};

struct c_text {
	struct c_token *tokens;
	size_t token_count, token_capacity;
	struct c_chunk *chunks;
	size_t chunk_count, chunk_capacity;
	bool is_whole; /* all braces and parentheses close */
};

/* `main_file`: as line markers of preprocessed text name it; NULL: there are none, all is main. The
 * text must outlive the result; the caller clears. */
void c_text_parse(const char *text, size_t size, const char *main_file, struct c_text *ret_text);
void c_text_clear(struct c_text *text);
#define auto_c_text __attribute__((cleanup(c_text_clear)))

bool c_token_is(const struct c_token *token, const char *word);
/* Index of the token that closes the bracket at `open`; NO_TOKEN if none does before `end`. */
size_t c_text_close(const struct c_text *text, size_t open, size_t end);
/* Function that the line of the text stands in, its header included; NULL: none. */
const struct c_chunk *c_text_function_at(const struct c_text *text, unsigned line);
const struct c_chunk *c_text_function(const struct c_text *text, const char *name, size_t length);
/* The roots, and every function of the text whose name stands in the body of one that is reached: name ->
 * its chunk, or NULL for a root that is none of the text's functions (then *ret_is_known is false). The
 * caller frees. */
struct text_list;
struct map *c_text_reach(const struct c_text *text, const struct text_list *roots,
			 bool *ret_is_known);

#endif
