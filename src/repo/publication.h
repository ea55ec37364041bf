/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Within the author's side: a set of files about to become public. They are kept in memory, looked
 * at with a client's eyes as if they were there already, and only then written, the timestamp last.
 */
#ifndef SUTURE_REPO_PUBLICATION_H
#define SUTURE_REPO_PUBLICATION_H

#include "base/json.h"
#include "base/map.h"
#include "repo/fetch.h"
#include "repo/repository.h"

struct publication {
	const struct repository *repository;
	struct map *files; /* name -> struct buffer, owned */
	struct key *const *keys;
	size_t key_count;
};

void publication_init(struct publication *publication, const struct repository *repository,
		      struct key *const *keys, size_t key_count);
void publication_clear(struct publication *publication);
#define auto_publication __attribute__((cleanup(publication_clear)))

/* Adds the envelope under its versioned name (or timestamp.json) and says it in *meta, where that
 * is not NULL: {"version", "length", "hashes"}. */
void publication_add(struct publication *publication, const char *role, json_value *envelope,
		     json_value *meta);
/* Adds the next snapshot (whose "meta" is the one given, taken over) or leaves the published one
 * (NULL), and the next timestamp, signed with the keys that were given. */
int publication_finish(struct publication *publication, json_value *steal_meta, struct error *err);
/* As a client that knows nothing but the first root, and as one that knows what is published now.
 */
int publication_check(const struct publication *publication, struct error *err);
int publication_write(const struct publication *publication, struct error *err);

#endif
