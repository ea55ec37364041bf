/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /var/lib/suture-fetch/last.json: how the fetcher's last tries went. Also its memory for
 * conditional requests and for when to try next. Read by the agent and by `status`, to whom it is a
 * stranger's word: shown, never relied on.
 *
 *     {"tried": T, "succeeded": T, "next": T, "failures": N, "outcome": "ok" | slug of an error,
 *      "message": "...", "retry_after": seconds, "etag": "...", "modified": "...",
 *      "version": V of the timestamp.json that the last success confirmed, "checked_in": T, "checkin": "..." | null,
 *      "checkin_next": T}
 * T are seconds of the epoch, 0 for never.
 */
#ifndef SUTURE_AGENT_LAST_H
#define SUTURE_AGENT_LAST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"

struct last { /* owns its texts; each may be NULL */
	int64_t tried, succeeded;
	int64_t version; /* of the timestamp that was there at `succeeded` */
	int64_t next; /* not before, unless a person asks */
	int64_t failures; /* in a row */
	int64_t retry_after; /* what the server asked for, seconds; 0: nothing */
	char *outcome; /* error_slug() */
	char *message; /* one sentence */
	char *etag, *modified; /* of timestamp.json, as the server gave them */
	int64_t checked_in; /* when suture-server last took a check-in; 0: never */
	char *checkin; /* why the last check-in failed; NULL: it did not, or there is no server */
	int64_t checkin_next; /* its Retry-After: no report before, unless a person asks; 0: none */
};
void last_clear(struct last *last);
#define auto_last __attribute__((cleanup(last_clear)))

/* Not there: all zero. */
int last_read(const char *root, struct last *ret_last, struct error *err);
int last_write(const char *root, const struct last *last, struct error *err);
void last_report(const struct last *last, json_value *into); /* without etag and modified */

/* When the repository was last heard: the last new signed answer (`heard`, which the agent has seen
 * for itself), or later if the fetcher says that the server confirmed that very version since. Its
 * word counts for no time to come and none behind the signed end (`expires`): so far the signature
 * bears it out. Moments; 0: never. */
int64_t last_heard(const struct last *last, int64_t heard, int64_t version, int64_t expires,
		   int64_t now);

/* When to try again after the failures-th failure in a row: doubling from one minute to `interval`
 * seconds, at least retry_after, plus up to a quarter at random (`random` is any number), so that a
 * fleet does not come back all at once. */
int64_t last_next(int64_t now, int64_t failures, int64_t retry_after, int64_t interval,
		  uint32_t random);

/* Whether the server wants to hear of this machine at `now`. A moment that no server can have meant was
 * written by a wrong clock, and does not count. */
bool last_may_report(const struct last *last, int64_t now);

#endif
