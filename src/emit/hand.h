/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A livepatch module written by hand, as kbuild leaves it, made into one that the kernel takes:
 * symbols that were declared by SUTURE_SYMBOL() (include/suture/livepatch.h) become livepatch symbols
 * with livepatch relocations, and .modinfo says for which kernel, functions and modules it is.
 */
#ifndef SUTURE_EMIT_HAND_H
#define SUTURE_EMIT_HAND_H

#include "emit/linkage.h"
#include "emit/prototypes.h"

/* Findings: what is to be known of the module; a symbol that cannot be reached is ERROR_REFUSED.
 * ERROR_INVALID for what is no livepatch module. */
int hand_finish(const struct kernel *kernel, const char *built, const char *output,
		struct linkages *linkages, prototypes_writers writers, struct finding_list *findings,
		struct error *err);

/* What a source file has to say so that the symbol can be used: "SUTURE_SYMBOL(vmlinux, foo, 0)";
 * several candidates are separated by " or ". Caller frees; NULL: the kernel does not have it.
 * `object`: looked at besides vmlinux, may be NULL. */
char *hand_advice(struct linkages *linkages, const char *object, const char *name);

#endif
