/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stages of a build, one after the other, each in its folder of the work directory:
 * 1-orig and 2-patched (object pairs), 3-diff (changesets), 4-module, 5-proof.
 */
#ifndef SUTURE_CLI_AUTHOR_PIPELINE_H
#define SUTURE_CLI_AUTHOR_PIPELINE_H

#include "base/log.h"
#include "base/text.h"
#include "model/consent.h"
#include "model/manifest.h"
#include "target/kernel.h"

struct pipeline_options {
	const char *work; /* folder, exists */
	const char *name; /* of the patch: "capable" */
	const char *output; /* the .ko */
	unsigned jobs; /* 0: one a processor */
	unsigned fuzz;
	unsigned unit_limit; /* 0: any number */
	bool allow_unproven; /* build although the proof failed; the manifest says so */
	struct consent_list *consents; /* the author's word; which were needed is noted */
	const struct progress *progress;
};

/* *ret_manifest is filled as far as it went, also on failure: its findings say why. Nothing is at
 * `output` unless this succeeds. Caller clears the manifest. */
int pipeline_run(const struct kernel *kernel, const struct text_list *patches,
		 const struct pipeline_options *options, struct manifest *ret_manifest,
		 struct error *err);

#endif
