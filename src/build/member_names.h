/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members that have another name now: is that all? Of two preprocessed texts of a unit, before and after
 * a patch. A name says nothing to the machine; but where another name stands in the place of one
 * that went, the member may mean something else as well, and objects that are alive hold what the old
 * code put there. So every statement is looked for that could give such a member a value: the same
 * statements have to be there on both sides, but for the names, and at least one of each member. What
 * only reads may differ, as any other code of a patch.
 */
#ifndef SUTURE_BUILD_MEMBER_NAMES_H
#define SUTURE_BUILD_MEMBER_NAMES_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/text.h"

/*
 * `names`: the name before and the name now of each member, in turn; numbers and pointers, so that a
 * value is only given by assignment or through an address. `main_file`: the unit's as line markers
 * name it; members that other files mention are not understood. False also where nobody can tell.
 */
bool member_names_only(const struct buffer *old, const struct buffer *new, const char *main_file,
		       const struct text_list *names);

#endif
