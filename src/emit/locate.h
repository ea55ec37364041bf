/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of several symbols of one name belongs to a unit. The linker places each section of a unit
 * as one piece; so all symbols of that section must stand in the shipped table at the same distance
 * from each other as in the unit's object. Every namesake is tried; exactly one must fit.
 */
#ifndef SUTURE_EMIT_LOCATE_H
#define SUTURE_EMIT_LOCATE_H

#include "base/error.h"
#include "target/symbols.h"

/* `plain`: path of the object as it was shipped. *ret_index: in table->items. ERROR_NOT_FOUND says
 * why it cannot be told. */
int locate_symbol(const struct symbol_table *table, const char *plain, const char *name,
		  size_t *ret_index, struct error *err);

#endif
