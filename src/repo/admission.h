/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a module must bring along to be published: see suture-repo(1), add. */
#ifndef SUTURE_REPO_ADMISSION_H
#define SUTURE_REPO_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/json.h"

struct admission {
	const void *module; /* the file's bytes, with the kernel's signature or without */
	size_t size;
	const json_value *manifest; /* as suture build writes it */
	const json_value *evidence; /* as "suture try --evidence" writes it; NULL: none */
	bool allow_unproven; /* the author's word in place of proof and evidence */
};

/* The manifest is of this very module, names its kernel by build-id and can be signed; it is proven
 * and was tried on that kernel. ERROR_VERIFY where one contradicts the other. */
int admission_check(const struct admission *admission, struct error *err);

/* What of the evidence goes into the repository: who tried what when, and the digest of the log. */
void evidence_summarize(const json_value *evidence, json_value *into);

#endif
