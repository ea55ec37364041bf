/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before a task leaves a livepatch the kernel looks at its stack for the new code of the functions that
 * are replaced, and only for that (kernel/livepatch/transition.c, klp_check_stack_func()): from the
 * function's beginning to the next symbol (klp_func.new_size; find_kallsyms_symbol() in
 * kernel/module/kallsyms.c). A task that sleeps in what the function has jumped to, its cold part or a new
 * function that it ends with a jump to, would not be seen, and come back to memory that is gone once the
 * livepatch is removed. So these are placed behind a replaced function of their object, with names that the
 * kernel passes over as those of local labels (is_mapping_symbol()): that function's extent is over them.
 */
#ifndef SUTURE_EMIT_EXTENT_H
#define SUTURE_EMIT_EXTENT_H

#include "emit/assembly.h"

/* Places all that the units carry, in the order that this needs, and sets atom.is_within. */
void extent_place(const struct emit_unit *units, size_t count, struct object *out);
/* Notes the sections of what is within; they have nothing else. */
void extent_list(const struct emit_unit *units, size_t count, struct text_list *ret_sections);
/* Gives the symbols in these sections their names for the kernel. After objtool. */
void extent_rename(const struct text_list *sections, struct object *object);

#endif
