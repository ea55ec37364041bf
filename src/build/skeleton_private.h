/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A livepatch module's text while it is made, for the three parts that make it: what comes along
 * (skeleton_choose.c), each item's text (skeleton_write.c), and what stands around them (skeleton.c).
 */
#ifndef SUTURE_BUILD_SKELETON_PRIVATE_H
#define SUTURE_BUILD_SKELETON_PRIVATE_H

#include "build/skeleton.h"
#include "build/skeleton_items.h"

enum form { /* how an item comes into the module */
	FORM_NONE,
	FORM_COPY,
	FORM_DECLARE, /* "extern ...;" and, where it is hidden, SUTURE_SYMBOL() */
	FORM_TARGET, /* a function that is replaced */
	FORM_TARGET_AND_DECLARE, /* and the kernel's own is used too */
};

struct skeleton {
	const struct skeleton_request *request;
	struct items items;
	enum form *forms; /* of each item */
	size_t *queue; /* needed items whose words are still to be looked at */
	size_t queued;
	struct text_list *notes;
	struct map *declared; /* names that have their SUTURE_SYMBOL() */
	struct buffer *into;
};

/* What the kernel has under that name. */
enum skeleton_symbol skeleton_look(const struct skeleton *skeleton, const char *name,
				   unsigned *ret_position);
/* Is there one that can be used? */
bool skeleton_has(const struct skeleton *skeleton, const char *name);
bool skeleton_is_live(const struct skeleton *skeleton, const char *name);
/* Is the word among the tokens [first, end)? */
bool item_has_word(const struct c_text *text, size_t first, size_t end, const char *word);
/* The next name that a variable's declaration declares, from token *at on, and behind it *at; NULL: none.
 * Caller frees. */
char *skeleton_next_name(const struct skeleton *skeleton, const struct item *item, size_t *at);

/* The functions that are asked for, and then all that they need: sets forms[]. */
int skeleton_find_targets(struct skeleton *skeleton, struct error *err);
void skeleton_find_needed(struct skeleton *skeleton);

/* The text of items[index] in its form. */
int skeleton_write_item(struct skeleton *skeleton, size_t index, struct error *err);

#endif
