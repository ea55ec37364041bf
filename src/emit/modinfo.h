/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a module says of itself to the loader: the object that kbuild makes from FOO.mod.c
 * (scripts/mod/modpost.c), adapted from the template's: name, symbol versions, facts.
 */
#ifndef SUTURE_EMIT_MODINFO_H
#define SUTURE_EMIT_MODINFO_H

#include "base/text.h"
#include "elf/object.h"
#include "emit/template.h"
#include "target/symvers.h"

struct modinfo {
	const char *name; /* as the kernel spells it */
	struct text_list facts; /* "key=value", added to what the template says */
};

/* Reads the template's object and changes it. Versions are given for the symbols that it has already
 * and for every export that `patch` refers to; their namespaces are imported. */
int modinfo_make(const struct template *template, const struct symvers *symvers,
		 const struct object *patch, const struct modinfo *info,
		 struct object **ret_object, struct error *err);

#endif
