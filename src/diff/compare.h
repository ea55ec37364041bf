/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether twins say the same. */
#ifndef SUTURE_DIFF_COMPARE_H
#define SUTURE_DIFF_COMPARE_H

#include "diff/side.h"

/* Fills atom.state and atom.why of both sides' atoms that have twins. */
int compare_sides(struct side *old, struct side *new, struct error *err);
/* Same bytes, and relocations to the same things? *ret_why is a phrase of the arena, or NULL. */
int compare_content(const struct atom *old, const struct atom *new, const char **ret_why,
		    struct error *err);

#endif
