/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Within the author's side of src/repo. */
#ifndef SUTURE_REPO_REPOSITORY_PRIVATE_H
#define SUTURE_REPO_REPOSITORY_PRIVATE_H

#include "repo/repository.h"

struct repository {
	char *folder;
	int lock;
	int64_t now;
	json_value *settings; /* {"lifetimes": {"root": SECONDS, ...}} */
};

/* "root" for root and "targets" for all that lists targets: the type in the document. */
const char *document_type(const char *role);
/* Which document names the role's keys: "root" for top roles, else "targets". */
const char *vouching_role(const char *role);
/* The role's entry in a vouching document's body; NULL if it is not there. */
json_value *find_role_entry(json_value *vouching_body, const char *role);
/* The keys beside it. */
json_value *find_key_table(json_value *vouching_body, const char *role);

char *public_path(const struct repository *repository, const char *name);
char *versioned_name(const char *role, int64_t version);
json_value *envelope_body(json_value *envelope);
/* What a ring's or the revocations' document lists. */
json_value *draft_targets(json_value *envelope);

/* "revocations/<SHA-256>" of the module that the manifest is of; caller frees. */
char *revocation_path(const json_value *manifest);

/* What repository_gc() took out of the rings, kept beside the drafts: machines may still run it. */
int removed_remember(const struct repository *repository, const char *path,
		     const json_value *target, struct error *err);
/* As an envelope, with whose "targets" as a ring's: without the manifests' bulk. */
int removed_read(const struct repository *repository, json_value **ret_envelope,
		 struct error *err);

void set_served_until(json_value *custom, int64_t moment); /* 0: says nothing of it */
/* What the kernel's newest module says, in whatever ring; 0: nothing. */
int find_served_until(const struct repository *repository, const char *build_id,
		      int64_t *ret_moment, struct error *err);

#endif
