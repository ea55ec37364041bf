/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of several symbols of one name belongs to a unit: the one that stands where the unit's
 * section stands in the shipped kernel (target/placement.h).
 */
#ifndef SUTURE_EMIT_LOCATE_H
#define SUTURE_EMIT_LOCATE_H

#include "base/error.h"
#include "target/shipped.h"

/* `plain`: path of the object as it was shipped. *ret_index: in the shipped symbol table's items.
 * ERROR_NOT_FOUND says why it cannot be told. */
int locate_symbol(const struct shipped *shipped, const char *plain, const char *name,
		  size_t *ret_index, struct error *err);

#endif
