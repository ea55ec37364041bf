// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/offer.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "repo/documents.h"
#include "repo/moment.h"
#include "repo/trust.h"
#include "seal/module_signature.h"

void offer_list_clear(struct offer_list *list)
{
	free(list->items);
	*list = (struct offer_list){ 0 };
}

/* "<ring>/<build-id>/<level>-<name>.ko" must be the path that the custom data make. */
static int check_path(const char *ring, const struct offer *offer, struct error *err)
{
	auto_free char *expected = xasprintf("%s/%s/%jd-%s.ko", ring, offer->build_id,
					     (intmax_t)offer->level, offer->name);

	if (!strcmp(expected, offer->target->path))
		return 0;
	return error_set(err, ERROR_VERIFY, "%.120s contradicts its manifest, which is of %.120s",
			 offer->target->path, expected);
}

int offer_parse(const char *ring, const struct target *target, struct offer *ret_offer,
		struct error *err)
{
	const json_value *manifest = json_get(target->custom, "manifest");
	struct offer offer = {
		.target = target,
		.manifest = manifest,
		.build_id = json_get_text(json_get(manifest, "kernel"), "build_id", NULL),
		.level = json_get_int(target->custom, "level", 0),
		.name = json_get_text(manifest, "name", NULL),
		.module_sha256 = json_get_text(json_get(manifest, "module"), "sha256", NULL),
	};

	if (!offer.build_id || !offer.name || !offer.module_sha256 || offer.level < 1 ||
	    offer.level > LEVEL_LIMIT)
		return error_set(err, ERROR_VERIFY,
				 "%.120s: no level, or a manifest without name, build-id or digest",
				 target->path);
	if (check_path(ring, &offer, err) < 0)
		return -1;
	if (rollout_parse(json_get(target->custom, "rollout"), &offer.rollout, err) < 0) {
		err->code = ERROR_VERIFY;
		return error_context(err, "%.120s", target->path);
	}
	*ret_offer = offer;
	return 0;
}

const char *revocation_reason(const struct targets *revocations, const char *module_sha256)
{
	auto_free char *path = xasprintf("%s/%s", REVOCATIONS_ROLE, module_sha256);
	const json_value *entry = revocations ? targets_entry(revocations, path) : NULL;

	return entry ? json_get_text(json_get(entry, "custom"), "reason", "no reason was given")
		     : NULL;
}

int offer_check_module(const struct offer *offer, const void *data, size_t size, struct error *err)
{
	struct module_signature parts;
	char sha256[DIGEST_HEX_SIZE];

	if (module_signature_find(data, size, &parts, err) < 0) {
		err->code = ERROR_VERIFY;
		return error_context(err, "%.120s", offer->target->path);
	}
	digest_bytes(data, parts.content_size, sha256);
	if (strcmp(sha256, offer->module_sha256))
		return error_set(err, ERROR_VERIFY,
				 "%.120s is not the module of its manifest, %.64s",
				 offer->target->path, offer->module_sha256);
	return 0;
}

static int compare_levels(const void *a, const void *b)
{
	int64_t x = ((const struct offer *)a)->level, y = ((const struct offer *)b)->level;

	return (x < y) - (x > y);
}

static bool is_for(const char *ring, const char *build_id, const char *path)
{
	auto_free char *prefix = build_id ? xasprintf("%s/%s/", ring, build_id) :
					    xasprintf("%s/", ring);

	return has_prefix(path, prefix);
}

int offer_list_find(const char *ring, const struct targets *ring_targets,
		    const struct targets *revocations, const char *build_id,
		    struct offer_list *ret_list, struct error *err)
{
	auto_offer_list struct offer_list list = { 0 };

	for (size_t i = 0; i < ring_targets->count; i++) {
		const struct target *target = &ring_targets->items[i];

		if (!is_for(ring, build_id, target->path))
			continue;
		ARRAY_GROW(list.items, list.capacity, list.count + 1);

		struct offer *offer = &list.items[list.count];

		if (offer_parse(ring, target, offer, err) < 0)
			return -1;
		offer->revoked = revocation_reason(revocations, offer->module_sha256);
		list.count++;
	}
	if (list.count)
		qsort(list.items, list.count, sizeof(*list.items), compare_levels);
	*ret_list = list;
	list = (struct offer_list){ 0 };
	return 0;
}

int64_t custom_served_until(const json_value *custom)
{
	const char *text = json_get_text(custom, "served_until", NULL);
	struct error ignored;
	int64_t moment;

	return text && moment_parse(text, &moment, &ignored) == 0 ? moment : 0;
}

static bool has_reached(const struct offer *offer, const char *machine_id, int64_t now)
{
	unsigned share = rollout_share(&offer->rollout, now);

	if (!machine_id)
		return share == ROLLOUT_ALL;
	return rollout_place(machine_id, offer->target->sha256) < share;
}

const struct offer *offer_choose(const struct offer_list *list, const char *machine_id,
				 int64_t now)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list->items[i].revoked && has_reached(&list->items[i], machine_id, now))
			return &list->items[i];
	return NULL;
}
