// SPDX-License-Identifier: GPL-2.0-or-later
/* A signed document of a repository: root, timestamp, snapshot, targets, and what a ring offers. */
#include "fuzz.h"

#include <string.h>

#include "repo/canonical.h"
#include "repo/documents.h"
#include "repo/offer.h"

/* The canonical form is one: written and read again, the document has the same. */
static void check_canonical(const struct metadata *metadata)
{
	auto_buffer struct buffer text = BUFFER_INIT;
	auto_buffer struct buffer canonical = BUFFER_INIT;
	auto_json json_value *again = NULL;
	struct error err;

	json_write(metadata->body, &text);
	MUST(json_parse(text.data, text.size, &again, &err) == 0);
	MUST(canonical_write(again, &canonical, &err) == 0);
	MUST(canonical.size == metadata->canonical.size);
	MUST(!memcmp(canonical.data, metadata->canonical.data, canonical.size));
}

static void read_targets(struct metadata *steal_metadata)
{
	auto_targets struct targets *targets = NULL;
	auto_offer_list struct offer_list offers = { 0 };
	struct error err;

	if (targets_parse(steal_metadata, &targets, &err) < 0)
		return;
	for (size_t i = 0; i < targets->count; i++) {
		MUST(is_target_path(targets->items[i].path));
		for (size_t j = 0; j < targets->delegation_count; j++)
			delegation_covers(&targets->delegations[j], targets->items[i].path);
	}
	if (offer_list_find("edge", targets, targets, NULL, &offers, &err) == 0)
		offer_choose(&offers, "machine", 1795352400);
}

static void read_any(const char *type, struct metadata *steal_metadata)
{
	auto_root struct root *root = NULL;
	auto_timestamp struct timestamp *timestamp = NULL;
	auto_snapshot struct snapshot *snapshot = NULL;
	struct error err;

	if (!strcmp(type, "root"))
		root_parse(steal_metadata, &root, &err);
	else if (!strcmp(type, "timestamp"))
		timestamp_parse(steal_metadata, &timestamp, &err);
	else if (!strcmp(type, "snapshot"))
		snapshot_parse(steal_metadata, &snapshot, &err);
	else
		read_targets(steal_metadata);
	if (root)
		role_verify(&root->roles[ROLE_ROOT], &root->ring, root->metadata, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (enum top_role role = 0; role < TOP_ROLE_COUNT; role++) {
		struct metadata *metadata = NULL;
		struct error err = ERROR_INIT;

		if (metadata_parse(data, size, top_role_name(role), &metadata, &err) < 0) {
			MUST(!metadata && err.code != ERROR_NONE && err.msg[0]);
			continue;
		}
		check_canonical(metadata);
		read_any(top_role_name(role), metadata);
	}
	return 0;
}
