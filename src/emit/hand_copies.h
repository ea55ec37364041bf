/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables that a module by hand has for itself although the kernel has one of that name: code that was
 * copied from the kernel then reads and writes another variable than the rest of the kernel does.
 */
#ifndef SUTURE_EMIT_HAND_COPIES_H
#define SUTURE_EMIT_HAND_COPIES_H

#include "base/text.h"
#include "elf/object.h"

/* Whether the object has a variable of this name that can change: one in a section which is written to
 * while the kernel runs or comes up. Static variables of functions ("count.3") are not looked at. */
bool hand_is_live(const struct object *plain, const char *name);

/* `plain`: the kernel's unit that was copied from; `module`: the module. Into *ret_variables names of the
 * file's variables that both have, into *ret_locals those of functions' static variables, without their
 * number and without those that macros make ("__already_done"). Each once. */
void hand_find_copies(const struct object *plain, const struct object *module,
		      struct text_list *ret_variables, struct text_list *ret_locals);

#endif
