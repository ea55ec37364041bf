/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the four kinds of documents say (TUF 1.0, sections 4.3 to 4.6). Each is parsed from a
 * metadata frame, which it takes over. Parsing refuses what is malformed; whether to believe it is
 * the question of trust.h.
 */
#ifndef SUTURE_REPO_DOCUMENTS_H
#define SUTURE_REPO_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "repo/metadata.h"
#include "repo/role.h"

/* The roles that every repository has, in the order in which a client needs them. */
enum top_role { ROLE_ROOT, ROLE_TIMESTAMP, ROLE_SNAPSHOT, ROLE_TARGETS, TOP_ROLE_COUNT };
const char *top_role_name(enum top_role role);

struct root {
	struct metadata *metadata;
	struct key_ring ring;
	struct role roles[TOP_ROLE_COUNT];
};
int root_parse(struct metadata *steal_metadata, struct root **ret_root, struct error *err);
void root_free(struct root *root);

/* What one document says of another: which version, and where known, how long and which digest. */
struct file_meta {
	int64_t version;
	int64_t length; /* bytes; -1: not said */
	char sha256[DIGEST_HEX_SIZE]; /* "": not said */
};

struct timestamp {
	struct metadata *metadata;
	struct file_meta snapshot;
};
int timestamp_parse(struct metadata *steal_metadata, struct timestamp **ret_timestamp,
		    struct error *err);
void timestamp_free(struct timestamp *timestamp);

struct snapshot {
	struct metadata *metadata;
	struct map *files; /* name such as "targets.json" -> struct file_meta, owned */
};
int snapshot_parse(struct metadata *steal_metadata, struct snapshot **ret_snapshot,
		   struct error *err);
void snapshot_free(struct snapshot *snapshot);
/* NULL if the snapshot does not list it. `role` without ".json". */
const struct file_meta *snapshot_find(const struct snapshot *snapshot, const char *role);

/* A role that the targets role trusts with some of the paths. */
struct delegation {
	struct role role;
	struct text_list paths; /* patterns; '*' and '?' stay within one component */
	bool terminating;
};

struct target {
	const char *path; /* "stable/<build-id>/7-name.ko" */
	int64_t length; /* bytes */
	char sha256[DIGEST_HEX_SIZE];
	const json_value *custom; /* object or NULL */
};

struct targets {
	struct metadata *metadata;
	struct target *items; /* in the document's order; paths and custom point into it */
	size_t count;
	struct key_ring ring; /* for the delegations; empty without */
	struct delegation *delegations;
	size_t delegation_count;
};
int targets_parse(struct metadata *steal_metadata, struct targets **ret_targets, struct error *err);
void targets_free(struct targets *targets);
const struct target *targets_find(const struct targets *targets, const char *path);
/* The same as JSON, in constant time; NULL if it is not there. */
const json_value *targets_entry(const struct targets *targets, const char *path);
const struct delegation *targets_find_delegation(const struct targets *targets, const char *role);
bool delegation_covers(const struct delegation *delegation, const char *path);

/* Relative, no empty component, no "." or "..", letters digits . _ + ~ - only, at most 512 bytes:
 * what can be a path on any server and any disk. */
bool is_target_path(const char *path);

/* Length and digest as far as they are said; ERROR_VERIFY otherwise. `name` is for the message. */
int file_meta_check(const struct file_meta *meta, const char *name, const void *data, size_t size,
		    struct error *err);

DEFINE_AUTO(root)
DEFINE_AUTO(timestamp)
DEFINE_AUTO(snapshot)
DEFINE_AUTO(targets)
#define auto_root __attribute__((cleanup(auto_root_cleanup)))
#define auto_timestamp __attribute__((cleanup(auto_timestamp_cleanup)))
#define auto_snapshot __attribute__((cleanup(auto_snapshot_cleanup)))
#define auto_targets __attribute__((cleanup(auto_targets_cleanup)))

#endif
