/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debugging entries that are types. Part of elf/dwarf; nobody else includes it. */
#ifndef SUTURE_ELF_DWARF_TYPES_H
#define SUTURE_ELF_DWARF_TYPES_H

#include "elf/dwarf_entry.h"
#include "elf/dwarf_walk.h"

bool dwarf_is_type(int tag);
/* Adds the type to the walk. Of its children it takes what makes up the type; types among them are
 * left to the walk. */
int dwarf_take_type(struct dwarf_walk *walk, const struct dwarf_entry *entry, const char *scope,
		    struct error *err);
/* The type of a function, out of its own entry and the parameters below. */
int dwarf_take_prototype(struct dwarf_walk *walk, const struct dwarf_entry *entry,
			 const struct ctype **ret_type, struct error *err);
/* *where is filled when all types are known; the identity may be NULL: void. */
void dwarf_link_type(struct dwarf_walk *walk, const struct ctype **where, const void *identity);
/* Fills all that wait. An error if something refers to what is no type, or chains do not end. */
int dwarf_link_all(struct dwarf_walk *walk, struct error *err);

#endif
