/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stage 5-proof: every unit that a patch changes against the shipped kernel. */
#ifndef SUTURE_CLI_AUTHOR_PROVE_H
#define SUTURE_CLI_AUTHOR_PROVE_H

#include "base/log.h"
#include "build/pairs.h"
#include "diff/changeset.h"
#include "emit/linkage.h"
#include "model/manifest.h"

struct prove_options {
	const struct kernel *kernel;
	const char *folder; /* of the stage; exists */
	bool allow_unproven;
	const struct progress *progress;
};

/* `changesets`: one for each unit. Fills the manifest's proof. ERROR_VERIFY with the first difference
 * if a unit is unproven and that is not allowed. */
int prove_units(const struct pairs *pairs, struct changeset *const *changesets,
		struct linkages *linkages, const struct prove_options *options,
		struct manifest *manifest, struct error *err);

#endif
