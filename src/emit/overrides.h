/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which definition a global name means is the linker's choice, made when the kernel was linked. A
 * patch that defines the name in another unit (moves the function, overrides a weak one) or no longer
 * defines it (a weak one elsewhere would then be linked) changes that choice for code that it does not
 * touch, and that nobody compiles or compares.
 */
#ifndef SUTURE_EMIT_OVERRIDES_H
#define SUTURE_EMIT_OVERRIDES_H

#include "emit/assembly.h"

/* A definition of what the kernel has already is refused, one that is gone is a warning. */
int overrides_find(const struct emit_unit *units, size_t count, struct linkages *linkages,
		   struct finding_list *findings, struct error *err);

#endif
