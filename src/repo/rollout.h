/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rollout: from a moment on, growing shares of the machines take a module. Each machine decides
 * for itself from a hash of its id and the module's digest, so that nobody needs to know the
 * machines, the same machines are not always the first, and a machine that is in stays in.
 *
 *     "rollout": {"from": "2026-11-22T13:00:00Z",
 *                 "steps": [{"hours": 0, "share": 100}, {"hours": 24, "share": 10000}]}
 *
 * Shares are in ten-thousandths and never shrink. No rollout: everybody at once. A rollout that is
 * stopped has its last step's share frozen (share 0: nobody new at all).
 */
#ifndef SUTURE_REPO_ROLLOUT_H
#define SUTURE_REPO_ROLLOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"

#define ROLLOUT_STEPS_LIMIT 16
#define ROLLOUT_ALL 10000

struct rollout {
	int64_t from; /* a moment */
	unsigned count; /* 0: no rollout, everybody */
	struct {
		int64_t hours; /* after `from` */
		unsigned share; /* ten-thousandths */
	} steps[ROLLOUT_STEPS_LIMIT];
};

/* NULL is no rollout. Hostile input is fine. */
int rollout_parse(const json_value *value, struct rollout *ret_rollout, struct error *err);
void rollout_write(const struct rollout *rollout, json_value *into);
/* "1%@0,10%@24h,100%@3d", from `from` on. */
int rollout_parse_text(const char *text, int64_t from, struct rollout *ret_rollout,
		       struct error *err);

/* Ten-thousandths of the machines at `now`. */
unsigned rollout_share(const struct rollout *rollout, int64_t now);
/* Where this machine stands for this module: 0 ... 9999; it is in if that is below the share. */
unsigned rollout_place(const char *machine_id, const char *module_sha256);

#endif
