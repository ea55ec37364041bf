/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources that a livepatch cannot replace but that a changed header may reach: assembly, the
 * constants generated for it, the vDSO. They are compiled before and after too; if the result
 * differs, the patch is refused.
 */
#ifndef SUTURE_BUILD_WATCH_H
#define SUTURE_BUILD_WATCH_H

#include <stdbool.h>

#include "base/error.h"
#include "model/rule.h"

enum unit_kind {
	UNIT_CODE, /* an ordinary unit, not watched */
	UNIT_ASSEMBLY,
	UNIT_OFFSETS, /* compiled to assembly text, from which a header is made */
	UNIT_VDSO,
	UNIT_OUTSIDE, /* runs before the kernel or beside it: of no interest */
};

enum unit_kind unit_kind_of(const char *source);
/* The rule that a difference breaks; only for watched kinds. */
enum rule_id unit_kind_rule(enum unit_kind kind);
/* Whether the two files that were compiled mean the same. */
int unit_kind_same(enum unit_kind kind, const char *original, const char *patched, bool *ret_same,
		   struct error *err);

#endif
