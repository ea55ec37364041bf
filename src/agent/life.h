/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a patch on this machine: /var/lib/suture/patches/<SHA-256>.life, with the module as
 * <SHA-256>.ko and the target's custom data (level, manifest) as <SHA-256>.json beside it. The name
 * is the digest of the module's file, as the repository signs it.
 *
 * The record is also the attempt record. Before the module is handed to the kernel it is written
 * and synced with the state "loading" and the boot's id. A boot that finds the record of another
 * boot in an open state (loading, transitioning, applied-probation) knows that that boot ended
 * badly: crashed-previously, and not loaded again, unless runtime/attempt.h finds that it may (a
 * committed patch, the first time). An orderly shutdown closes it (back to verified).
 */
#ifndef SUTURE_AGENT_LIFE_H
#define SUTURE_AGENT_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "runtime/attempt.h"

#define LIFE_STATES(X)                                                                         \
	X(LIFE_AVAILABLE, "available", "the repository offers it")                             \
	X(LIFE_DOWNLOADED, "downloaded", "its bytes are here")                                 \
	X(LIFE_VERIFIED, "verified", "its bytes are the signed ones; not loaded")              \
	X(LIFE_LOADING, "loading", "being handed to the kernel")                               \
	X(LIFE_TRANSITIONING, "transitioning", "tasks are switching to it")                    \
	X(LIFE_PROBATION, "applied-probation", "in force; not yet long enough to be sure")     \
	X(LIFE_COMMITTED, "applied-committed", "in force, and the machine stayed healthy")     \
	X(LIFE_REPLACED, "replaced", "was in force; another patch took its place")             \
	X(LIFE_FAILED, "failed", "could not be loaded at the last attempt")                    \
	X(LIFE_CRASHED, "crashed-previously", "the machine went down with it: not loaded again") \
	X(LIFE_TAKEN_BACK, "taken-back", "the kernel had trouble with it: not loaded again")   \
	X(LIFE_REVOKED, "revoked", "its makers took it back")                                  \
	X(LIFE_HELD, "held", "held back by policy, rollout or mode; see the reason")

enum life_state {
#define X(state, slug, text) state,
	LIFE_STATES(X)
#undef X
};

struct life { /* owns its texts */
	char sha256[DIGEST_HEX_SIZE]; /* of the file: the patch's id on this machine */
	char module_sha256[DIGEST_HEX_SIZE]; /* of the module without the kernel's signature */
	char *name; /* the manifest's */
	char *module; /* as the kernel spells it */
	char *build_id; /* of its kernel */
	char *ring; /* that it came from */
	int64_t level;
	int64_t size; /* bytes of the file */
	struct text_list cves;
	enum life_state state;
	char *reason; /* for the state, one sentence, or NULL */
	struct attempt attempt; /* the last; was_committed: what the early unit may load */
	int64_t uptime; /* microseconds since boot at that attempt */
	int64_t log_time; /* of the last line in the kernel's log before it, by the log's own clock */
	int64_t first_seen, changed, applied; /* seconds of the epoch; 0: never */
	int64_t served_until; /* a moment: its kernel is served until then; 0: its makers do not say */
	int64_t failures; /* attempts that the kernel refused, in a row */
	bool is_offered; /* the last verified metadata had it in the ring, not revoked */
	bool is_left_off; /* somebody took it off by hand in the boot of that attempt */
	/* Not kept: what this run found out. */
	bool is_present; /* the kernel has it, and this boot's agent put it there */
	const char *hold; /* why it is not to be loaded now; NULL: it may */
};

struct life_list {
	struct life *items; /* by build-id, then the highest level first */
	size_t count, capacity;
};

const char *life_state_slug(enum life_state state);
const char *life_state_text(enum life_state state);
/* In force as far as this record knows: probation or committed, in the boot with this id. What is
 * really loaded, runtime/livepatch.h tells. */
bool life_is_applied(const struct life *life, const char *boot_id);
/* loading, transitioning or probation */
bool life_is_open(const struct life *life);

void life_clear(struct life *life);
void life_list_clear(struct life_list *list);
#define auto_life_list __attribute__((cleanup(life_list_clear)))

/* All of them; no folder: none. A record that makes no sense is an error: nothing is loaded on a
 * guess. */
int life_list_read(const char *root, struct life_list *ret_list, struct error *err);
/* Writes and syncs one, with `changed` set to now. */
int life_write(const char *root, struct life *life, struct error *err);
/* Record, module and custom data; what is not there is success. */
int life_remove(const char *root, const struct life *life, struct error *err);
struct life *life_add(struct life_list *list, const char *sha256);
struct life *life_find(const struct life_list *list, const char *sha256);
/* The highest level for the kernel with build_id (NULL: none), of all or of those that are offered. */
const struct life *life_newest(const struct life_list *list, const char *build_id, bool offered);
/* "level 7" or "7", up to LEVEL_LIMIT: with more digits it is the beginning of an id. */
bool life_parse_level(const char *words, int64_t *ret_level);
/* By what a person writes: a name, a module's name, "level 7" or "7" for the kernel with build_id, or
 * at least 8 digits of either SHA-256. NULL if none or, with *ret_count above 1, several. */
struct life *life_search(const struct life_list *list, const char *build_id, const char *words,
			 size_t *ret_count);
void life_report(const struct life *life, json_value *into);

char *life_module_path(const char *root, const struct life *life); /* caller frees */
/* The target's custom data: {"level", "manifest", ...}. */
int life_read_custom(const char *root, const struct life *life, json_value **ret_custom,
		     struct error *err);

#endif
