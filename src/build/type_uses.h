/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who uses a type, in the preprocessed text of a unit. Debug information does not tell: a cast, a
 * sizeof or a container_of() leave nothing in it. Here every place counts where the type's name
 * stands, and a name is needed to come to a type, unless a declaration that stands outside of
 * functions hands it on; then it is said that nobody can tell.
 */
#ifndef SUTURE_BUILD_TYPE_USES_H
#define SUTURE_BUILD_TYPE_USES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct type_uses { /* owns its texts */
	/* The name stands outside of functions, or a root is none of the text's functions, or the
	 * text is not understood. */
	bool is_open;
	bool is_own; /* the unit's own file defines it, no header */
	bool is_plain; /* all uses are objects on the stack of a function: "struct foo x;" */
	struct text_list functions; /* that use it, each once */
	/* Those of them that the roots are or can lead to by a name in their bodies. */
	struct text_list reached;
};

/* `type`: "struct foo" or "union foo"; for any other all is open. `roots`: names of functions;
 * `main_file`: the unit's file as the line markers name it. */
void type_uses_find(const char *preprocessed, size_t size, const char *main_file, const char *type,
		    const struct text_list *roots, struct type_uses *ret_uses);
void type_uses_clear(struct type_uses *uses);
#define auto_type_uses __attribute__((cleanup(type_uses_clear)))

#endif
