/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys and roles: who may sign what, and how many of them must (TUF 1.0, sections 4.2 and 4.3).
 * Everything here is parsed from JSON that a stranger may have written; it counts only after the
 * document that it stands in was verified.
 */
#ifndef SUTURE_REPO_ROLE_H
#define SUTURE_REPO_ROLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "base/map.h"
#include "base/text.h"

struct key;

/* A key's name: SHA-256 of the canonical form of its public part (TUF 1.0, section 4.2). */
#define KEYID_SIZE DIGEST_HEX_SIZE
int keyid_of(const struct key *key, char keyid[static KEYID_SIZE], struct error *err);
/* {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": HEX}}; caller frees. */
int public_key_write(const struct key *key, json_value **ret_value, struct error *err);

/* The public keys of a document by keyid. */
struct key_ring {
	struct map *keys; /* of struct key, owned */
};
void key_ring_clear(struct key_ring *ring);
/* Every keyid must be the one that its key has: so no key counts twice under two names. A key of a
 * kind or scheme that we do not know is left out; it can never count for anybody. */
int key_ring_parse(const json_value *keys, struct key_ring *ret_ring, struct error *err);
const struct key *key_ring_find(const struct key_ring *ring, const char *keyid);

/* A name that can be a file's: lower case letters, digits, '-' and '_', at most 64. */
bool is_role_name(const char *name);

struct role {
	char *name;
	struct text_list keyids; /* no two the same */
	unsigned threshold; /* at least 1 */
};
void role_clear(struct role *role);
/* {"keyids": [...], "threshold": N} */
int role_parse(const char *name, const json_value *value, struct role *ret_role, struct error *err);

struct metadata;
/* 0 if at least `threshold` of the role's keys signed; ERROR_VERIFY says how many did. */
int role_verify(const struct role *role, const struct key_ring *ring,
		const struct metadata *metadata, struct error *err);
/* How many of the role's keys signed. */
unsigned role_count_signatures(const struct role *role, const struct key_ring *ring,
			       const struct metadata *metadata);

#endif
