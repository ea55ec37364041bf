/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /var/lib/suture/policy.json: what the administrator holds back. Changed by pin, block, rollback
 * and config; obeyed by the agent at its next run, also by taking off what is not wanted any more.
 *
 *     {"pin": {"level": N, "build_id": "..."} | null, "blocked": ["<SHA-256>", ...],
 *      "delay_hours": N}
 * Levels count for each kernel by itself, so a pin is for one build-id. Level 0: no patch at all.
 */
#ifndef SUTURE_AGENT_POLICY_H
#define SUTURE_AGENT_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

#define BLOCKED_LIMIT 256

struct policy {
	int64_t pin_level; /* highest level to run; -1: no pin */
	char *pin_build_id; /* of the kernel that the pin is for */
	struct text_list blocked; /* SHA-256 of the manifests' modules (life.module_sha256) */
	uint64_t delay_hours; /* take a patch that long after it was first seen here; 0: at once */
};
void policy_clear(struct policy *policy);
#define auto_policy __attribute__((cleanup(policy_clear)))

/* Not there: nothing is held back. A file that makes no sense is an error: nothing is loaded on a
 * guess. */
int policy_read(const char *root, struct policy *ret_policy, struct error *err);
int policy_write(const char *root, const struct policy *policy, struct error *err);
void policy_report(const struct policy *policy, json_value *into);
/* The level that the pin allows for this kernel; -1: any. */
int64_t policy_pin(const struct policy *policy, const char *build_id);

#endif
