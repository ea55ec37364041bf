/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which atom of the old object is which of the new one. */
#ifndef SUTURE_DIFF_CORRELATE_H
#define SUTURE_DIFF_CORRELATE_H

#include "diff/side.h"

/*
 * Fills atom.twin on both sides and atom.is_ambiguous.
 *
 * Functions and named variables by their exact names: the compiler's clone numbers count, since the
 * new object is consistent in itself, and a function whose callee has another number differs.
 * Numbered variables (static locals) by the function that owns them, never by the number: their
 * identity is the state that the running kernel keeps in them.
 */
int correlate(struct side *old, struct side *new, struct error *err);

#endif
