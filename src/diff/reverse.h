/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reverse check: from the patched object back to the original, the very same functions must be
 * changed, and what is new one way must be gone the other way. A difference is an error in the
 * differ, whichever of the two is right: it then depends on the order of the sides what is carried.
 */
#ifndef SUTURE_DIFF_REVERSE_H
#define SUTURE_DIFF_REVERSE_H

#include "diff/changeset.h"

/* Reads both objects once more, the other way round. ERROR_VERIFY names the first function that only
 * one of the two ways has. */
int changeset_check_reverse(const struct changeset *changeset, struct error *err);

#endif
