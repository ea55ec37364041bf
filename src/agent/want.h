/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the offers this machine would take: the same answer for the fetcher, who fetches it, and
 * for the agent, who loads it. */
#ifndef SUTURE_AGENT_WANT_H
#define SUTURE_AGENT_WANT_H

#include "agent/advice.h"
#include "agent/config.h"
#include "agent/life.h"
#include "agent/policy.h"
#include "repo/offer.h"

/* suture.conf's ring, else the server's choice, else stable. Borrowed. */
const char *want_ring(const struct config *config, const struct advice *advice);
/* The highest level that administrator and server allow for this kernel; -1: any. */
int64_t want_limit(const struct policy *policy, const struct advice *advice,
		   const char *build_id);
/* machine_identity(), which needs no secret; NULL: none. Caller frees. */
char *want_machine_id(const char *root);
/* The newest that is allowed, not revoked, not blocked, that this machine had no trouble with and
 * whose rollout is here, or NULL. */
const struct offer *want_offer(const struct offer_list *offers, int64_t limit,
			       const struct policy *policy, const struct life_list *lives,
			       const char *machine_id, int64_t now);

#endif
