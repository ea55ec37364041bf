/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stages of "suture build DIR", a module written by hand: kbuild, finish, audit. */
#ifndef SUTURE_CLI_AUTHOR_HAND_H
#define SUTURE_CLI_AUTHOR_HAND_H

#include "base/log.h"
#include "base/text.h"
#include "model/manifest.h"
#include "target/kernel.h"

struct hand_options {
	const char *work; /* folder, exists */
	const char *name; /* of the patch */
	const char *output; /* the .ko */
	const char *module; /* which of several that the folder builds; NULL: the only one */
	const struct text_list *variables; /* for make */
	bool allow_unproven; /* keep the module although the audit failed; the manifest says so */
	const struct progress *progress;
};

/* As pipeline_run(). */
int hand_run(const struct kernel *kernel, const char *folder, const struct hand_options *options,
	     struct manifest *ret_manifest, struct error *err);

/* What each part of a finished livepatch module does, a sentence each. */
int hand_explain(const char *module, struct text_list *ret_sentences, struct error *err);

#endif
