/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types that code names, and what the compiler makes of them. A type of which a unit only takes
 * sizeof() or offsetof() leaves nothing in its debug information: the text has the name, and the
 * compiler can be asked for the rest.
 */
#ifndef SUTURE_BUILD_NAMED_TYPES_H
#define SUTURE_BUILD_NAMED_TYPES_H

#include "build/edit.h"
#include "build/pairs.h"

/* May the edits change a type? Not if they leave everything outside of functions as it is, and all
 * directives of the preprocessor. */
bool named_types_may_change(const struct edit_list *edits);
/* The same of a unit's two preprocessed texts. */
bool named_types_differ(const struct buffer *old, const struct buffer *new);

/*
 * Adds "struct foo", "union foo", "enum foo" and "foo_t" of a preprocessed text, each once: those that stand
 * in the functions `roots` and in all that they may lead to by a name, or in the value of a variable. Of a
 * text that is not understood, or has not all of the roots, all that are there.
 */
void named_types_find(const struct buffer *text, const struct text_list *roots,
		      struct text_list *into);

/* Compiles a unit's preprocessed text, its functions left empty, with a pointer to each of the types:
 * they are in the object's debug information then, as far as the text defines them. ERROR_TOOL with the
 * compiler's words. */
int named_types_compile(const struct kernel *kernel, const struct unit *unit,
			const struct buffer *text, const struct text_list *types,
			const char *object, struct error *err);

#endif
