/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A C source file as the list of what stands at its top, directives included. Private to src/build. */
#ifndef SUTURE_BUILD_SKELETON_ITEMS_H
#define SUTURE_BUILD_SKELETON_ITEMS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/map.h"
#include "base/text.h"
#include "build/c_text.h"

enum item_kind {
	ITEM_FUNCTION,
	ITEM_PROTOTYPE,
	ITEM_VARIABLE,
	ITEM_TYPE,
	ITEM_MACRO_CALL, /* DEFINE_MUTEX(x); */
	ITEM_INCLUDE,
	ITEM_DEFINE, /* also #undef */
	ITEM_IF, /* #if, #ifdef, #ifndef */
	ITEM_ELSE, /* #else, #elif */
	ITEM_ENDIF,
	ITEM_IGNORED, /* other directives */
};

struct item {
	enum item_kind kind;
	const char *start, *end; /* in the file's text */
	size_t first, last; /* tokens, last one behind; directives: in `directives` */
	size_t name; /* token of the name, NO_TOKEN for several or none */
	size_t body; /* function: '{'; variable: '='; NO_TOKEN */
	bool is_needed;
};

struct items {
	struct c_text text; /* the code */
	struct c_text directives; /* words of directives, in `words` */
	struct buffer words;
	struct item *items;
	size_t count, capacity;
	struct map *by_name; /* name -> struct item_ref, the first of a list */
	struct item_ref *refs; /* all, owned */
};

struct item_ref {
	size_t item;
	struct item_ref *next, *all;
};

/* The text must outlive the items. ERROR_UNSUPPORTED if it cannot be cut. */
int items_read(const struct buffer *text, struct items *ret_items, struct error *err);
void items_clear(struct items *items);
#define auto_items __attribute__((cleanup(items_clear)))

const struct c_text *item_text(const struct items *items, const struct item *item);
/* A variable's declaration declares a name at this token: "a" and "b" in "int a = 1, *b;". To be asked for
 * tokens outside of brackets and values only. */
bool is_declarator(const struct c_text *text, size_t token, size_t first, size_t end);
/* The last token of the value whose '=' is at the token. */
size_t value_end(const struct c_text *text, size_t token, size_t end);
/* "foo", caller frees. */
char *token_text(const struct c_text *text, size_t token);

#endif
