// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/want.h"

#include "agent/place.h"
#include "base/memory.h"
#include "repo/documents.h"

const char *want_ring(const struct config *config, const struct advice *advice)
{
	const char *ring = config_text(config, CONFIG_RING_NAME);

	if (ring)
		return ring;
	return advice->ring ? advice->ring : "stable";
}

int64_t want_limit(const struct policy *policy, const struct advice *advice, const char *build_id)
{
	int64_t own = policy_pin(policy, build_id);

	if (own < 0 || (advice->pin >= 0 && advice->pin < own))
		return advice->pin;
	return own;
}

/* Not the credential's id: the agent cannot read that, and both must come to the same answer. */
char *want_machine_id(const char *root)
{
	return machine_identity(root);
}

/* It would not be loaded: the one before it is better than none. */
static bool had_trouble(const struct life_list *lives, const struct offer *offer)
{
	const struct life *life = life_find(lives, offer->target->sha256);

	return life && (life->state == LIFE_CRASHED || life->state == LIFE_TAKEN_BACK);
}

const struct offer *want_offer(const struct offer_list *offers, int64_t limit,
			       const struct policy *policy, const struct life_list *lives,
			       const char *machine_id, int64_t now)
{
	for (size_t i = 0; i < offers->count; i++) {
		const struct offer *offer = &offers->items[i];
		const struct offer_list one = { .items = (struct offer *)offer, .count = 1 };

		if ((limit < 0 || offer->level <= limit) &&
		    !text_list_has(&policy->blocked, offer->module_sha256) &&
		    !had_trouble(lives, offer) &&
		    offer_choose(&one, machine_id, now))
			return offer;
	}
	return NULL;
}
