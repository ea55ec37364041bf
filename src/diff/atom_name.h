/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an atom's name tells: the compiler's numbers, clones, cold parts, macro-made statics. */
#ifndef SUTURE_DIFF_ATOM_NAME_H
#define SUTURE_DIFF_ATOM_NAME_H

#include "diff/side.h"

/* Fills is_function, base, is_numbered and is_special_static from name, symbol and section. */
void atom_name_explain(struct atom *atom, struct arena *arena);
/* Fills parent; needs side->by_name. */
void atom_name_find_parent(struct atom *atom);
/* The function that the source knows: "foo" for "foo.isra.0.cold"; in the arena. */
const char *function_family(const char *name, struct arena *arena);

#endif
