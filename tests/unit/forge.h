/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A repository in memory for the tests of the client: good as it comes, and every piece of it can
 * be made bad by whoever holds the keys that the test says he holds.
 */
#ifndef SUTURE_TESTS_UNIT_FORGE_H
#define SUTURE_TESTS_UNIT_FORGE_H

#include "base/json.h"
#include "base/map.h"
#include "repo/fetch.h"
#include "repo/trust.h"
#include "seal/key.h"

#define FORGE_NOW INT64_C(1795352400) /* 2026-11-22T13:00:00Z */

enum forge_key {
	FORGE_ROOT_1, FORGE_ROOT_2, FORGE_ROOT_3, FORGE_TARGETS, FORGE_SNAPSHOT, FORGE_TIMESTAMP,
	FORGE_EDGE, FORGE_STABLE, FORGE_REVOCATIONS, FORGE_STRANGER, FORGE_KEY_COUNT,
};

/* One document to be: who signs, how old, what the document above says of it. */
struct forge_document {
	int64_t version;
	int64_t expires;
	enum forge_key signer;
	json_value *targets; /* targets documents: owned */
	bool hidden; /* left out of the snapshot */
	bool without_hashes; /* of it above */
	int64_t claimed_version, claimed_length; /* above, instead of the true ones; 0: true */
};

struct forge {
	struct key *keys[FORGE_KEY_COUNT];
	struct map *files; /* name -> struct buffer, owned: what the server has */
	struct forge_document targets, edge, stable, revocations, snapshot, timestamp;
	bool endless; /* the server never stops sending */
	bool offline;
};

void forge_init(struct forge *forge);
void forge_clear(struct forge *forge);
struct fetcher fetcher_of_forge(struct forge *forge);

void forge_put(struct forge *forge, const char *name, const void *data, size_t size);
void forge_copy(struct forge *forge, const char *from, const char *to);
void forge_remove(struct forge *forge, const char *name);
const struct buffer *forge_file(const struct forge *forge, const char *name);

/* A root as it would be, to be changed; caller passes it on to forge_put_signed(). */
json_value *forge_root(struct forge *forge, int64_t version, const enum forge_key *root_keys,
		       size_t count, unsigned threshold);
void forge_role_key(struct forge *forge, json_value *root, const char *role, enum forge_key key);
void forge_put_signed(struct forge *forge, const char *name, json_value *steal_body,
		      const enum forge_key *signers, size_t count);

/* Adds a module to a ring's document (stable or edge). */
void forge_add_module(struct forge *forge, struct forge_document *ring, const char *path,
		      const char *build_id, int64_t level, const char *name, const char *content);
void forge_revoke(struct forge *forge, const char *content);
/* The same for a module that is no text. */
void forge_add_bytes(struct forge *forge, struct forge_document *ring, const char *path,
		     const char *build_id, int64_t level, const char *name, const void *data,
		     size_t size);
void forge_revoke_bytes(struct forge *forge, const void *data, size_t size);

/* Everything but the roots, from the fields above. */
void forge_publish(struct forge *forge);
/* All versions one up, then forge_publish(). */
void forge_publish_next(struct forge *forge);

#endif
