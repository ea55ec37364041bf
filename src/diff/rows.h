/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of special sections. How long a row is differs by kernel; the relocations show it: every row
 * has the same number of them at the same places.
 */
#ifndef SUTURE_DIFF_ROWS_H
#define SUTURE_DIFF_ROWS_H

#include "diff/side.h"

/* Cuts all SECTION_ROWS sections into rows and hands each to the atom whose code it is about. A
 * section that does not divide evenly is an unknown-section finding. */
int rows_assign(struct side *side, struct finding_list *findings, struct error *err);

#endif
