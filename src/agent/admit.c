// SPDX-License-Identifier: GPL-2.0-or-later
#include "agent/admit.h"

#include <stdio.h>
#include <string.h>

#include "agent/history.h"
#include "agent/place.h"
#include "agent/want.h"
#include "base/file.h"
#include "repo/trust.h"
#include "runtime/modinfo.h"

#define CVES_MOST 4096
#define OFFERS_NOTED 32 /* the newest; a ring may go back years */

/* What one verified refresh brought. */
struct admission {
	struct agent *agent;
	char *trust_folder, *incoming;
	struct fetcher fetcher;
	struct trust *trust;
	struct offer_list offers;
};

static void admission_clear(struct admission *a)
{
	offer_list_clear(&a->offers);
	trust_free(a->trust);
	free(a->trust_folder);
	free(a->incoming);
}
#define auto_admission __attribute__((cleanup(admission_clear)))

static int begin_trust(const struct admission *a, struct error *err)
{
	auto_free char *root_file = path_join(a->trust_folder, "root.json");
	const char *fingerprint = config_text(&a->agent->config, CONFIG_ROOT);

	if (file_exists(root_file))
		return 0;
	if (!fingerprint)
		return error_set(err, ERROR_NOT_FOUND,
				 "no root fingerprint is configured; see 'suture enable --help'");
	return trust_begin_fingerprint(a->trust_folder, &a->fetcher, fingerprint, err);
}

static int verify_metadata(struct admission *a, struct error *err)
{
	const struct agent *agent = a->agent;
	const char *build_id = agent->machine.kernel.build_id;
	const struct targets *ring = NULL;

	if (begin_trust(a, err) < 0 ||
	    trust_open(a->trust_folder, agent->now, &a->trust, err) < 0 ||
	    trust_refresh(a->trust, &a->fetcher, err) < 0)
		return -1;
	if (trust_role(a->trust, &a->fetcher, agent->ring, &ring, err) < 0)
		return err->code == ERROR_NOT_FOUND ? 0 : -1;
	if (!build_id)
		return 0;
	return offer_list_find(agent->ring, ring, trust_revocations(a->trust), build_id,
			       &a->offers, err);
}

static void take_cves(struct life *life, const json_value *manifest)
{
	const json_value *cves = json_get(manifest, "cves");

	text_list_clear(&life->cves);
	for (size_t i = 0; i < json_count(cves) && i < CVES_MOST; i++) {
		const char *cve = json_text(json_at(cves, i));

		if (cve && strlen(cve) < 32)
			text_list_add(&life->cves, cve);
	}
}

static void fill_life(struct life *life, const struct offer *offer)
{
	const char *module = json_get_text(json_get(offer->manifest, "module"), "name", offer->name);

	snprintf(life->module_sha256, sizeof(life->module_sha256), "%s", offer->module_sha256);
	life->name = xstrdup(offer->name);
	life->module = xstrdup(module);
	life->build_id = xstrdup(offer->build_id);
	life->level = offer->level;
	life->size = offer->target->length;
	take_cves(life, offer->manifest);
}

/* A module's file is the same in every ring: promotion is the same patch in another place. */
static struct life *life_of_offer(struct agent *agent, const struct offer *offer)
{
	struct life *life = life_find(&agent->lives, offer->target->sha256);

	if (!life) {
		life = life_add(&agent->lives, offer->target->sha256);
		fill_life(life, offer);
		life->state = LIFE_AVAILABLE;
		life->first_seen = agent->now;
	}
	return life;
}

static int note_offer(struct admission *a, const struct offer *offer, struct error *err)
{
	struct agent *agent = a->agent;
	struct life *life = life_of_offer(agent, offer);
	bool is_new = !life->changed;
	bool is_offered = !offer->revoked;
	bool moved = !life->ring || strcmp(life->ring, agent->ring) != 0;
	int64_t served_until = custom_served_until(offer->target->custom);

	if (!is_new && life->is_offered == is_offered && !moved &&
	    life->served_until == served_until)
		return 0;
	life->is_offered = is_offered;
	life->served_until = served_until;
	free(life->ring);
	life->ring = xstrdup(agent->ring);
	return life_write(agent->options->root, life, err);
}

static int note_offers(struct admission *a, struct error *err)
{
	struct agent *agent = a->agent;

	for (size_t i = 0; i < a->offers.count; i++)
		if ((i < OFFERS_NOTED ||
		     life_find(&agent->lives, a->offers.items[i].target->sha256)) &&
		    note_offer(a, &a->offers.items[i], err) < 0)
			return -1;
	for (size_t i = 0; i < agent->lives.count; i++) {
		struct life *life = &agent->lives.items[i];
		bool is_there = false;

		for (size_t j = 0; j < a->offers.count; j++)
			is_there |= !strcmp(a->offers.items[j].target->sha256, life->sha256);
		if (is_there || !life->is_offered)
			continue;
		life->is_offered = false;
		if (life_write(agent->options->root, life, err) < 0)
			return -1;
	}
	return 0;
}

/* Also of lives that no ring lists any more, and of other kernels. */
static int note_revocations(struct admission *a, struct error *err)
{
	struct agent *agent = a->agent;

	for (size_t i = 0; i < agent->lives.count; i++) {
		struct life *life = &agent->lives.items[i];
		const char *reason = revocation_reason(trust_revocations(a->trust),
						       life->module_sha256);

		if (!reason || life->state == LIFE_REVOKED)
			continue;
		life->state = LIFE_REVOKED;
		life->is_offered = false;
		free(life->reason);
		life->reason = xstrndup(reason, 300);
		if (life_write(agent->options->root, life, err) < 0 ||
		    history_add(agent->options->root, "revoked", life, life->reason, err) < 0)
			return -1;
	}
	return 0;
}

/* The module is what its manifest says also in what it calls itself: else the agent would look for
 * another name in the kernel than the one that it loaded. */
static int check_module(const struct offer *offer, const struct life *life,
			const struct buffer *data, struct error *err)
{
	auto_modinfo struct modinfo info = { 0 };
	const char *build_id;

	if (offer_check_module(offer, data->data, data->size, err) < 0 ||
	    modinfo_parse(data->data, data->size, &info, err) < 0)
		return -1;
	build_id = modinfo_get(&info, "suture.kernel_build_id");
	if (strcmp(info.name, life->module) != 0 || !modinfo_is_livepatch(&info))
		return error_set(err, ERROR_VERIFY, "the module calls itself %.60s, and its "
				 "manifest says %.60s, a livepatch", info.name, life->module);
	if (build_id && strcmp(build_id, life->build_id) != 0)
		return error_set(err, ERROR_VERIFY, "the module is for the kernel %.40s, and its "
				 "manifest says %.40s", build_id, life->build_id);
	return 0;
}

/* Does its state say no more than whether the bytes are here? Those of a patch that is in force, or
 * that was trouble, may be damaged as well. */
static bool is_about_bytes(const struct life *life)
{
	return life->state == LIFE_AVAILABLE || life->state == LIFE_DOWNLOADED ||
	       life->state == LIFE_VERIFIED || life->state == LIFE_HELD || life->state == LIFE_FAILED;
}

static int keep(const struct agent *agent, struct life *life, const struct offer *offer,
		const struct buffer *data, struct error *err)
{
	auto_free char *module = life_module_path(agent->options->root, life);
	auto_free char *name = xasprintf("%s.json", life->sha256);
	auto_free char *custom = place_file(agent->options->root, PLACE_PATCHES, name);

	if (state_write(custom, offer->target->custom, 0644, err) < 0 ||
	    file_write(module, data->data, data->size, 0644, true, err) < 0)
		return -1;
	if (!is_about_bytes(life))
		return 0; /* what happened to it stays known */
	free(life->reason);
	life->reason = NULL;
	life->state = LIFE_VERIFIED;
	life->failures = 0;
	return life_write(agent->options->root, life, err);
}

/* With the right bytes: a damaged file is taken anew. */
static bool is_kept(const struct agent *agent, const struct life *life)
{
	auto_free char *module = life_module_path(agent->options->root, life);
	char hex[DIGEST_HEX_SIZE];
	struct error ignored;

	return life->state != LIFE_AVAILABLE && life->state != LIFE_DOWNLOADED &&
	       digest_file(module, hex, &ignored) == 0 && !strcmp(hex, life->sha256);
}

/* The bytes of the patch that we would take. That they are not there yet, or are not what was
 * signed, is said and stops nothing else. */
static int take_bytes(struct admission *a, const struct offer *offer, struct error *err)
{
	struct agent *agent = a->agent;
	auto_buffer struct buffer data = BUFFER_INIT;
	struct life *life;

	if (note_offer(a, offer, err) < 0)
		return -1;
	life = life_find(&agent->lives, offer->target->sha256);
	if (is_kept(agent, life))
		return 0;
	if (trust_fetch_target(&a->fetcher, offer->target, &data, err) < 0 ||
	    check_module(offer, life, &data, err) < 0) {
		if (err->code == ERROR_INVALID)
			err->code = ERROR_VERIFY;
		error_context(err, "%s (level %jd)", life->name, (intmax_t)life->level);
		agent->admission = *err;
		if (!is_about_bytes(life))
			return 0;
		free(life->reason);
		life->reason = xstrdup(err->msg);
		life->state = err->code == ERROR_VERIFY ? LIFE_DOWNLOADED : LIFE_AVAILABLE;
		return life_write(agent->options->root, life, err);
	}
	return keep(agent, life, offer, &data, err);
}

/* Which offers' rollouts have not come to this machine. */
static void note_rollouts(struct admission *a, const char *machine_id)
{
	for (size_t i = 0; i < a->offers.count; i++) {
		const struct offer *offer = &a->offers.items[i];
		const struct offer_list one = { .items = (struct offer *)offer, .count = 1 };
		struct life *life = life_find(&a->agent->lives, offer->target->sha256);

		if (life && !offer->revoked && !life->attempt.was_committed &&
		    !offer_choose(&one, machine_id, a->agent->now))
			life->hold = "its rollout has not come to this machine yet";
	}
}

static int use_offers(struct admission *a, struct error *err)
{
	struct agent *agent = a->agent;
	const char *root = agent->options->root;
	auto_free char *machine_id = want_machine_id(root);
	const struct offer *offer;

	agent->is_admitted = true;
	agent->is_served = a->offers.count > 0;
	if (note_offers(a, err) < 0 || note_revocations(a, err) < 0)
		return -1;
	note_rollouts(a, machine_id);
	offer = want_offer(&a->offers,
			   want_limit(&agent->policy, &agent->advice,
				      agent->machine.kernel.build_id),
			   &agent->policy, &agent->lives, machine_id, agent->now);
	return offer ? take_bytes(a, offer, err) : 0;
}

/* "stale" and "verify-failed" once, not at every run. */
static int note_failure(const struct agent *agent, const struct error *why, struct error *err)
{
	const char *event = why->code == ERROR_STALE ? "stale" :
			    why->code == ERROR_VERIFY ? "verify-failed" : NULL;
	auto_json json_value *events = NULL;
	size_t count;

	if (!event)
		return 0;
	if (history_read(agent->options->root, 0, 1, &events, err) < 0)
		return -1;
	count = json_count(events);
	if (count && !strcmp(json_get_text(json_at(events, 0), "event", ""), event) &&
	    !strcmp(json_get_text(json_at(events, 0), "text", ""), why->msg))
		return 0;
	return history_add(agent->options->root, event, NULL, why->msg, err);
}

int admit_incoming(struct agent *agent, struct error *err)
{
	auto_admission struct admission a = { .agent = agent };
	auto_free char *timestamp = place_file(agent->options->root, PLACE_INCOMING,
					       "timestamp.json");

	if (!file_exists(timestamp))
		return 0; /* nothing was ever fetched */
	a.trust_folder = place_path(agent->options->root, PLACE_TRUST);
	a.incoming = place_path(agent->options->root, PLACE_INCOMING);
	a.fetcher = fetcher_of_folder(a.incoming);
	if (verify_metadata(&a, &agent->admission) < 0)
		return note_failure(agent, &agent->admission, err);
	agent->admission = ERROR_INIT;
	if (use_offers(&a, err) < 0)
		return -1;
	return note_failure(agent, &agent->admission, err);
}
