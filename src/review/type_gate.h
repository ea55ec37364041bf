/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the source says of types that change. First come those that the debug information does not have,
 * see review/hidden_types.h.
 *
 * Then: which of the types whose layout changed do patched and unpatched code share? The differ refuses
 * every changed layout of a unit; here the source takes back those that
 *
 *   - no patched function reaches: the type is named in functions only, and none of them is patched
 *     or leads from a patched one by a name;
 *   - or only patched functions have, as objects on their stacks: a task switches to the patched code
 *     when none of them is on its stack, and no other code has a name for the type.
 *
 * And those in which members have another name and nothing else (build/member_names.h); with a warning.
 *
 * What cannot be told stays refused: a type of any member, variable, prototype, pointer, cast or
 * sizeof, an enum, a type without a tag.
 */
#ifndef SUTURE_REVIEW_TYPE_GATE_H
#define SUTURE_REVIEW_TYPE_GATE_H

#include "build/pairs.h"
#include "diff/changeset.h"

struct type_gate_request {
	const struct kernel *kernel;
	const struct text_list *patches; /* paths, as for pairs_build() */
	const struct pairs_options *options;
	const struct unit *unit;
	const struct edit_list *edits; /* what the patches do */
	struct changeset *changeset; /* of the unit; its findings are changed */
};

/* Runs the preprocessor, twice, if there is anything to ask. */
int type_gate_judge(const struct type_gate_request *request, struct error *err);

#endif
