/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types whose layout a patch changes and that the debug information of a unit does not have, since its code
 * takes sizeof() or offsetof() of them and nothing else: the patched code would find members where
 * unpatched code has not put them.
 */
#ifndef SUTURE_REVIEW_HIDDEN_TYPES_H
#define SUTURE_REVIEW_HIDDEN_TYPES_H

#include "build/pairs.h"
#include "diff/changeset.h"

struct hidden_types_request {
	const struct kernel *kernel;
	const struct unit *unit;
	const char *work; /* an existing folder, for what is removed again */
	const struct buffer *old, *new; /* the unit, preprocessed */
	struct changeset *changeset; /* of the unit; findings are added */
};

/* layout-changed and layout-grown, for the types that patched functions name and that either object has
 * no debug information of, and for those that they contain. Asks the compiler, twice, if anything
 * outside of functions differs. Objects without debug information: nothing. */
int hidden_types_judge(const struct hidden_types_request *request, struct error *err);

#endif
