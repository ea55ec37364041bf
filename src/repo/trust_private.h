/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between trust.c, trust_begin.c and mirror.c. */
#ifndef SUTURE_REPO_TRUST_PRIVATE_H
#define SUTURE_REPO_TRUST_PRIVATE_H

#include "repo/trust.h"

/* "name: ..." in front of the error, and ERROR_VERIFY for what is malformed. Returns -1. */
int trust_refuse(struct error *err, const char *name);
/* Whether enough of the role's keys signed, as this root names them. */
int root_verify(const struct root *root, enum top_role role, const struct metadata *metadata,
		struct error *err);
/* The root in the store, which must be signed by its own keys. */
int trust_stored_root(const char *folder, struct root **ret_root, struct error *err);

#endif
