/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /var/lib/suture/history.jsonl: what happened on this machine, one JSON object a line, appended and
 * synced. Over 1 MiB the older half goes. A last line that a power cut left half is passed over.
 *
 *     {"seq": 12, "time": T, "event": "applied", "patch": "<SHA-256>" | null, "name": "...",
 *      "level": 7, "text": "..."}
 * `seq` grows by one; the fetcher tells the server what it has not told yet.
 */
#ifndef SUTURE_AGENT_HISTORY_H
#define SUTURE_AGENT_HISTORY_H

#include <stdint.h>

#include "base/error.h"
#include "base/json.h"

struct life;

/* Events, one word each: enabled, disabled, applied, committed, failed, crashed, unclean-end, taken-back,
 * revoked, removed, policy, verify-failed, stale. `life` may be NULL. */
int history_add(const char *root, const char *event, const struct life *life, const char *text,
		struct error *err);
/* The last `most` events after the one with number `after` (0: all), oldest first, as an array. */
int history_read(const char *root, int64_t after, size_t most, json_value **ret_events,
		 struct error *err);

#endif
