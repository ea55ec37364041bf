// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/check.h"

#include <string.h>

#include "repo/moment.h"
#include "repo/offer.h"
#include "repo/repository.h"
#include "repo/trust.h"

static void add_name(struct text_list *into, const char *role, int64_t version)
{
	if (into)
		text_list_printf(into, "%jd.%s.json", (intmax_t)version, role);
}

static int check_target(const struct fetcher *fetcher, const struct target *target,
			const struct offer *offer, struct text_list *into, struct error *err)
{
	auto_buffer struct buffer data = BUFFER_INIT;
	auto_free char *name = target_file_name(target);

	if (trust_fetch_target(fetcher, target, &data, err) < 0 ||
	    (offer && offer_check_module(offer, data.data, data.size, err) < 0))
		return -1;
	if (into)
		text_list_add(into, name);
	return 0;
}

/* A delegated role, also one that expired. */
static int load_role(struct trust *trust, const struct fetcher *fetcher, const char *role,
		     const struct targets **ret_targets, struct error *err)
{
	if (!trust_expired_role(trust, role) &&
	    trust_role(trust, fetcher, role, ret_targets, err) == 0)
		return 0;
	if (!trust_expired_role(trust, role))
		return -1;
	*ret_targets = trust_expired_role(trust, role);
	return 0;
}

static int check_role(struct trust *trust, const struct fetcher *fetcher, const char *role,
		      struct text_list *into, struct text_list *expired, struct error *err)
{
	const struct targets *targets;
	auto_offer_list struct offer_list offers = { 0 };

	if (load_role(trust, fetcher, role, &targets, err) < 0)
		return -1;
	if (trust_expired_role(trust, role))
		text_list_add(expired, role);
	add_name(into, role, targets->metadata->version);
	if (is_ring(role) && offer_list_find(role, targets, trust_revocations(trust), NULL, &offers,
					     err) < 0)
		return -1;
	for (size_t i = 0; i < offers.count; i++)
		if (check_target(fetcher, offers.items[i].target, &offers.items[i], into, err) < 0)
			return -1;
	for (size_t i = 0; !is_ring(role) && i < targets->count; i++)
		if (check_target(fetcher, &targets->items[i], NULL, into, err) < 0)
			return -1;
	return 0;
}

int repository_check(struct trust *trust, const struct fetcher *fetcher, struct text_list *into,
		     struct text_list *expired, struct error *err)
{
	if (trust_refresh(trust, fetcher, err) < 0)
		return -1;

	const struct targets *top = trust_targets(trust);

	for (int64_t version = 1; version <= trust_root(trust)->metadata->version; version++)
		add_name(into, "root", version);
	add_name(into, "snapshot", trust_snapshot(trust)->metadata->version);
	add_name(into, "targets", top->metadata->version);
	for (size_t i = 0; i < top->delegation_count; i++)
		if (check_role(trust, fetcher, top->delegations[i].role.name, into, expired,
			       err) < 0)
			return -1;
	/* Last, so that a copy made in this order is never ahead of itself. */
	if (into)
		text_list_add(into, "timestamp.json");
	return 0;
}

static void report_document(json_value *list, const char *role, const struct metadata *metadata,
			    int64_t now)
{
	json_value *entry = json_add_object(list);
	char expires[MOMENT_SIZE];

	moment_write(metadata->expires, expires);
	json_set_text(entry, "role", role);
	json_set_int(entry, "version", metadata->version);
	json_set_text(entry, "expires", expires);
	json_set_int(entry, "seconds_left", metadata->expires - now);
	json_set_int(entry, "signatures", (int64_t)json_count(metadata->signatures));
}

static void report_offer(json_value *list, const char *ring, const struct offer *offer, int64_t now)
{
	json_value *entry = json_add_object(list);

	json_set_text(entry, "path", offer->target->path);
	json_set_text(entry, "ring", ring);
	json_set_text(entry, "name", offer->name);
	json_set_text(entry, "build_id", offer->build_id);
	json_set_int(entry, "level", offer->level);
	json_set_text(entry, "sha256", offer->target->sha256);
	json_set_int(entry, "length", offer->target->length);
	json_set_int(entry, "share", rollout_share(&offer->rollout, now));
	json_set_text(entry, "revoked", offer->revoked);
	json_set_int(entry, "served_until", custom_served_until(offer->target->custom));
}

static int report_role(struct trust *trust, const struct fetcher *fetcher, const char *role,
		       json_value *documents, json_value *modules, struct error *err)
{
	const struct targets *targets;
	auto_offer_list struct offer_list offers = { 0 };

	if (load_role(trust, fetcher, role, &targets, err) < 0)
		return -1;
	report_document(documents, role, targets->metadata, trust_now(trust));
	if (!is_ring(role))
		return 0;
	if (offer_list_find(role, targets, trust_revocations(trust), NULL, &offers, err) < 0)
		return -1;
	for (size_t i = 0; i < offers.count; i++)
		report_offer(modules, role, &offers.items[i], trust_now(trust));
	return 0;
}

int repository_report(struct trust *trust, const struct fetcher *fetcher, json_value **ret_report,
		      struct error *err)
{
	auto_json json_value *report = json_new_object();
	json_value *documents = json_set_array(report, "documents");
	json_value *modules = json_set_array(report, "modules");
	const struct targets *top = trust_targets(trust);
	int64_t now = trust_now(trust);

	report_document(documents, "root", trust_root(trust)->metadata, now);
	report_document(documents, "timestamp", trust_timestamp(trust)->metadata, now);
	report_document(documents, "snapshot", trust_snapshot(trust)->metadata, now);
	report_document(documents, "targets", top->metadata, now);
	for (size_t i = 0; i < top->delegation_count; i++)
		if (report_role(trust, fetcher, top->delegations[i].role.name, documents, modules,
				err) < 0)
			return -1;
	*ret_report = steal_ptr(report);
	return 0;
}
