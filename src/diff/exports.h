/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a unit exports, and to whom. Up to 6.3 a section ___ksymtab+foo (or ___ksymtab_gpl+foo)
 * each, with the namespace as text at __kstrtabns_foo; after that a label __export_symbol_foo in
 * .export_symbol, with licence and namespace as texts behind it (include/linux/export.h).
 */
#ifndef SUTURE_DIFF_EXPORTS_H
#define SUTURE_DIFF_EXPORTS_H

#include "base/text.h"
#include "diff/side.h"

struct exports {
	struct text_list labels; /* the section's or label's name */
	struct text_list terms; /* of each: licence and namespace as one text, for people */
};

void exports_collect(const struct side *side, struct exports *exports);
void exports_clear(struct exports *exports);
#define auto_exports __attribute__((cleanup(exports_clear)))

/* Is the function or variable of this name exported? */
bool exports_has(const struct exports *exports, const char *name);

#endif
