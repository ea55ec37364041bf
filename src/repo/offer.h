/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a verified repository offers to a kernel: the modules that a ring has for its build-id, the
 * newest level first, each with the reasons not to take it.
 *
 * A module's path is "<ring>/<build-id>/<level>-<name>.ko"; its custom data are
 *     {"level": 7, "manifest": {...}, "rollout": {...}, "served_until": "2027-06-30T00:00:00Z"}
 * A revocation is a target of the role "revocations" with the path "revocations/<SHA-256>" and the
 * custom data {"reason": "...", "since": "..."}: that it is there, signed, is all. The digest is
 * the manifest's (module.sha256), of the module without the kernel's signature behind it, so that
 * signing a revoked module anew does not bring it back.
 */
#ifndef SUTURE_REPO_OFFER_H
#define SUTURE_REPO_OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "repo/rollout.h"

#define LEVEL_LIMIT 1000000

struct trust;
struct targets;
struct target;

/* All texts and values are borrowed from the trust that it came from. */
struct offer {
	const struct target *target;
	const char *build_id; /* hexadecimal */
	int64_t level; /* 1 ... LEVEL_LIMIT, unique for a build-id */
	const char *name; /* the manifest's */
	const char *module_sha256; /* the manifest's */
	const json_value *manifest;
	struct rollout rollout;
	const char *revoked; /* the reason, or NULL */
};

struct offer_list {
	struct offer *items; /* newest level first */
	size_t count, capacity;
};
void offer_list_clear(struct offer_list *list);
#define auto_offer_list __attribute__((cleanup(offer_list_clear)))

/* One target of a ring. ERROR_VERIFY where path, custom data and manifest contradict each other
 * (above all: a manifest for another build-id than the path's). */
int offer_parse(const char *ring, const struct target *target, struct offer *ret_offer,
		struct error *err);

/* Those of the ring's targets that are for `build_id`; NULL: for all. `ring_targets` as
 * trust_role() gave it; `revocations` may be NULL. */
int offer_list_find(const char *ring, const struct targets *ring_targets,
		    const struct targets *revocations, const char *build_id,
		    struct offer_list *ret_list, struct error *err);

/* Whether these bytes, which trust_fetch_target() checked, are the module that the manifest speaks
 * of: a kernel signature behind it is not counted. ERROR_VERIFY if not. */
int offer_check_module(const struct offer *offer, const void *data, size_t size,
		       struct error *err);

/* The reason why the module with this digest (the manifest's) was taken back, or NULL. */
const char *revocation_reason(const struct targets *revocations, const char *module_sha256);

/* Until when its makers serve the kernel that a module is for, from its custom data: a moment, 0 if
 * they do not say. */
int64_t custom_served_until(const json_value *custom);

/* The newest that is not revoked and whose rollout has reached this machine, or NULL. Without a
 * machine_id only those that everybody may take. */
const struct offer *offer_choose(const struct offer_list *list, const char *machine_id,
				 int64_t now);

#endif
