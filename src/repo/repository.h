/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The author's side: a folder that is a repository. What it holds at its top is what a web server
 * serves: N.root.json, N.targets.json, N.<ring>.json, N.snapshot.json, timestamp.json, targets/.
 * Changes are made in .draft/, are signed there by as many keys as it takes, at different places
 * and times if need be, and become public all at once by repository_publish().
 *
 * The folder is the author's own; but what is published is checked with the client's own code
 * before any of it becomes visible.
 */
#ifndef SUTURE_REPO_REPOSITORY_H
#define SUTURE_REPO_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include "repo/rollout.h"

struct key;

/* The rings in the order in which a patch goes through them. */
extern const char *const ring_names[]; /* "edge", "beta", "candidate", "stable", NULL */
bool is_ring(const char *name);

/* What can be chosen for a role when a repository is made. */
struct role_plan {
	const char *name; /* top role, ring or "revocations" */
	unsigned threshold;
	int64_t lifetime; /* seconds until what it signs expires */
	struct key **keys; /* public parts suffice; not owned */
	size_t key_count;
};

struct repository;

/* Makes the folder with unsigned drafts of everything. `plans` has one entry for each role; a
 * folder that has anything in it is ERROR_INVALID. */
int repository_create(const char *folder, const struct role_plan *plans, size_t count, int64_t now,
		      struct error *err);
/* Takes the lock; ERROR_TEMPORARY if somebody else works on it, ERROR_NOT_FOUND if the folder is
 * no repository. `now` is when everything is said to happen. */
int repository_open(const char *folder, int64_t now, struct repository **ret_repository,
		    struct error *err);
void repository_free(struct repository *repository); /* takes NULL; unlocks */
DEFINE_AUTO(repository)
#define auto_repository __attribute__((cleanup(auto_repository_cleanup)))
const char *repository_folder(const struct repository *repository);
int64_t repository_now(const struct repository *repository);

/* Role names for a table: the top roles, the rings, revocations. Ends with NULL. */
extern const char *const all_role_names[];

/*
 * Documents as envelopes ({"signatures", "signed"}); caller frees.
 * published: what the timestamp leads to; ERROR_NOT_FOUND if there is none yet.
 * current: the draft if there is one, else what is published.
 * edit: a draft to change: the present draft, or the next version of what is published.
 */
int repository_published(const struct repository *repository, const char *role,
			 json_value **ret_envelope, struct error *err);
int repository_current(const struct repository *repository, const char *role,
		       json_value **ret_envelope, struct error *err);
int repository_edit(const struct repository *repository, const char *role,
		    json_value **ret_envelope, struct error *err);
bool repository_has_draft(const struct repository *repository, const char *role);
/* Writes the draft. `changed`: earlier signatures no longer hold and are dropped. */
int repository_save(const struct repository *repository, const char *role, json_value *envelope,
		    bool changed, struct error *err);
/* Throws the draft away. */
int repository_discard(const struct repository *repository, const char *role, struct error *err);
int64_t repository_lifetime(const struct repository *repository, const char *role);

/* Signs every draft that this key may sign (of `role` only, unless NULL); tells how many. */
int repository_sign(const struct repository *repository, const struct key *key, const char *role,
		    unsigned *ret_count, struct error *err);

/* Keys and thresholds, by a new draft of root (top roles) or of targets (rings, revocations). */
int repository_add_key(const struct repository *repository, const char *role,
		       const struct key *key, struct error *err);
/* `keyid` may be a beginning of at least eight digits that is the only one such. */
int repository_remove_key(const struct repository *repository, const char *role,
			  const char *keyid, struct error *err);
int repository_set_threshold(const struct repository *repository, const char *role,
			     unsigned threshold, struct error *err);
/* {"keyids": [...], "threshold": N} of the role in the current root or targets, copied. */
int repository_role_keys(const struct repository *repository, const char *role,
			 json_value **ret_role, struct error *err);
/* The missing piece of a role: how many signatures the draft has and needs. */
struct draft_state {
	int64_t version;
	unsigned signatures, threshold; /* of the keys that the current root or targets name */
	unsigned old_signatures, old_threshold; /* root only: of the published root's keys */
};
int repository_draft_state(const struct repository *repository, const char *role,
			   struct draft_state *ret_state, struct error *err);

/* How a role stands in time. Less than a third of its life left: it is time to renew it. */
struct role_age {
	int64_t version;
	int64_t expires; /* a moment */
	int64_t left; /* seconds; negative: expired so long ago */
	bool due;
};
/* Of what is public; ERROR_NOT_FOUND if nothing of the role is. */
int repository_age(const struct repository *repository, const char *role, struct role_age *ret_age,
		   struct error *err);
enum renewal {
	RENEWAL_DONE, /* there is a new draft, or the draft that there was has its whole life again */
	RENEWAL_DRAFTED, /* there is a draft with enough time: nothing was done */
	RENEWAL_NOT_DUE, /* what is public has enough time: nothing was done */
};
/* The same role anew, for another of its lives. `always`: also if it is not due. Snapshot and
 * timestamp are ERROR_USAGE: repository_timestamp() renews them. `ret_expires`: of the draft, or of
 * what is public. */
int repository_renew(const struct repository *repository, const char *role, bool always,
		     enum renewal *ret_renewal, int64_t *ret_expires, struct error *err);

/* A module into a ring's draft. The manifest names the kernel; the level is one above any that this
 * build-id ever had. What it must bring along: admission.h. */
struct module_to_add {
	const char *module_path;
	const json_value *manifest;
	const json_value *evidence; /* or NULL */
	const char *ring;
	const struct rollout *rollout; /* NULL: everybody at once */
	int64_t served_until; /* a moment: patches for this kernel are made until then; 0: as its
				 newest level says */
	bool allow_unproven;
};
int repository_add(const struct repository *repository, const struct module_to_add *module,
		   char **ret_target_path, struct error *err);
/* The same module, level and manifest into another ring. `which` is a path in the ring, or the
 * patch's or module's name if it is the only one such. */
int repository_promote(const struct repository *repository, const char *which, const char *from,
		       const char *to, const struct rollout *rollout, char **ret_target_path,
		       struct error *err);
/* Takes a module back in every ring, for ever. `which`: path, name or digest of a module that a ring has
 * or had before repository_gc() took it out. `unseen`: a digest that no ring knows of is revoked too; it
 * must be the manifest's. The reason is one line without control characters; it can never be taken out
 * again, and every machine shows it, so it is short. */
#define REVOCATION_REASON_LIMIT 500u /* bytes */
int repository_revoke(const struct repository *repository, const char *which, const char *reason,
		      bool unseen, struct error *err);
/* Says anew until when the kernel with build_id is served: with its newest level in every ring that
 * has one. A moment; 0: not said. ERROR_NOT_FOUND: no ring has a module for it. */
int repository_set_served_until(const struct repository *repository, const char *build_id,
				int64_t moment, struct error *err);
/* NULL ends the rollout: everybody. */
int repository_set_rollout(const struct repository *repository, const char *which,
			   const char *ring, const struct rollout *rollout, struct error *err);
/* The rollout as it is in the ring's current document. */
int repository_get_rollout(const struct repository *repository, const char *which,
			   const char *ring, struct rollout *ret_rollout, struct error *err);

/* Makes public every draft that has its signatures, under a new snapshot and timestamp signed with
 * these keys. Drafts that wait for signatures stay, and their names go to *ret_waiting (which may
 * be NULL). ERROR_NOTHING if there is nothing to publish. */
int repository_publish(const struct repository *repository, struct key *const *keys, size_t count,
		       struct text_list *ret_waiting, struct error *err);
/* A new timestamp, and a new snapshot if the keys allow and its end is near: for cron. */
int repository_timestamp(const struct repository *repository, struct key *const *keys,
			 size_t count, struct error *err);

/* Removes what no published or drafted document refers to, and from the rings all but the newest
 * `keep` levels of each kernel that were not revoked, with what is newer than those (in drafts, to be
 * signed). Every root stays: clients need the chain. */
int repository_gc(const struct repository *repository, unsigned keep, unsigned *ret_removed,
		  struct error *err);

#endif
