/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a machine stands, beside what its kernel tells (model/status.h): which published patch is in
 * force, how fresh what is known is, whether this kernel is served, what waits. Written into the
 * JSON of `suture status`; three axes that are never mixed: nothing here changes what `protection`
 * says of the kernel.
 */
#ifndef SUTURE_MODEL_STANDING_H
#define SUTURE_MODEL_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"

#define FRESHNESS_STATES(X)                                                          \
	X(FRESHNESS_OFF, "off") /* no repository is enabled */                       \
	X(FRESHNESS_OK, "ok")                                                        \
	X(FRESHNESS_STALE, "stale") /* what was verified last has expired */         \
	X(FRESHNESS_NEVER, "never") /* nothing was verified yet */                   \
	X(FRESHNESS_PROBLEM, "problem") /* what the repository says fails to verify */ \
	X(FRESHNESS_UNKNOWN, "unknown") /* not allowed to read, or damaged */

#define COVERAGE_STATES(X)                                                     \
	X(COVERAGE_UNKNOWN, "unknown")                                         \
	X(COVERAGE_OK, "ok")                                                   \
	X(COVERAGE_NONE, "none") /* the repository has nothing for this kernel */ \
	X(COVERAGE_ENDED, "ended") /* no longer served: a newer kernel is needed */

enum freshness_state {
#define X(state, slug) state,
	FRESHNESS_STATES(X)
#undef X
};
enum coverage_state {
#define X(state, slug) state,
	COVERAGE_STATES(X)
#undef X
};

/* A published patch. All texts owned; NULL or 0 for what is not known. */
struct standing_patch {
	char *id; /* SHA-256 of the module file */
	char *name;
	char *module; /* as the kernel spells it */
	char *state; /* slug of agent/life.h */
	char *reason; /* for the state */
	int64_t level; /* 0: there is no such patch */
	int64_t since; /* moments: in force since */
	bool is_committed; /* its probation is over */
	struct text_list cves;
};
void standing_patch_clear(struct standing_patch *patch);

struct standing {
	struct standing_patch in_force; /* what the kernel runs, if it is a published patch */
	struct standing_patch update; /* newer, and not in force */
	struct standing_patch crashed; /* this kernel went down with it, or had trouble */
	enum freshness_state freshness;
	char *freshness_reason;
	int64_t checked, expires; /* moments; 0: never, unknown */
	int64_t heard; /* when the last new signed answer was verified: what nobody could make up */
	int64_t verified; /* when the agent last verified what it has */
	enum coverage_state coverage;
	char *coverage_reason;
	int64_t newest; /* the highest level for this kernel; 0: none */
	int64_t served_until; /* a moment; 0: not said */
	char *machine_id; /* or NULL: not enrolled, or not allowed to know */
	char *mode; /* of the kill switch: "normal", ... */
	char *ring; /* or NULL */
	char *held; /* why the update is not applied, if policy, rollout or mode hold it; or NULL */
	struct text_list open; /* CVEs that a published patch fixes and that are open here */
	struct text_list fixed_in_kernel; /* CVEs that this kernel has fixed itself (manifests) */
	char *broken; /* why configuration or records cannot be used, and what to do; or NULL */
	bool is_broken; /* they make no sense or the agent failed; false: not allowed to read */
	/* Where records and kernel disagree, one sentence each: the kernel is right. */
	struct text_list disagreements;
};
void standing_clear(struct standing *standing);
#define auto_standing __attribute__((cleanup(standing_clear)))

const char *freshness_slug(enum freshness_state state);
const char *coverage_slug(enum coverage_state state);

void standing_patch_write(const struct standing_patch *patch, json_value *into);
/* Adds the members to what status_write() made; the patch in force goes into "protection". */
void standing_write(const struct standing *standing, json_value *status);

#endif
