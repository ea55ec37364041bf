// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include "repo/moment.h"
#include "repo/store.h"
#include "repo/trust.h"

/* The first end among what is stored. A file that is not there yet has none. */
static void take_expiry(const char *folder, const char *role, const char *type, size_t limit,
			struct freshness *freshness)
{
	auto_buffer struct buffer data = BUFFER_INIT;
	auto_metadata struct metadata *metadata = NULL;
	struct error ignored;

	if (store_read(folder, role, limit, &data, &ignored) < 0 ||
	    metadata_parse(data.data, data.size, type, &metadata, &ignored) < 0)
		return;
	if (!freshness->expires || metadata->expires < freshness->expires)
		freshness->expires = metadata->expires;
	if (!strcmp(type, "root"))
		freshness->root_version = metadata->version;
}

int trust_freshness(const char *folder, struct freshness *ret_freshness, struct error *err)
{
	struct freshness freshness = { 0 };
	struct store_clock clock;

	store_read_clock(folder, &clock);
	freshness.checked = clock.checked;
	freshness.heard = clock.heard;
	freshness.version = clock.version;

	take_expiry(folder, "root", "root", ROOT_LIMIT, &freshness);
	if (!freshness.root_version)
		return error_set(err, ERROR_NOT_FOUND, "%s trusts no repository yet", folder);
	take_expiry(folder, "timestamp", "timestamp", TIMESTAMP_LIMIT, &freshness);
	take_expiry(folder, "snapshot", "snapshot", SNAPSHOT_LIMIT, &freshness);
	take_expiry(folder, "targets", "targets", TARGETS_METADATA_LIMIT, &freshness);
	*ret_freshness = freshness;
	return 0;
}
