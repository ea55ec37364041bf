// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/documents.h"

#include <stdio.h>
#include <string.h>

#define FILES_LIMIT 4096

const char *top_role_name(enum top_role role)
{
	static const char *const names[TOP_ROLE_COUNT] = {
		[ROLE_ROOT] = "root", [ROLE_TIMESTAMP] = "timestamp",
		[ROLE_SNAPSHOT] = "snapshot", [ROLE_TARGETS] = "targets",
	};

	return names[role];
}

void root_free(struct root *root)
{
	if (!root)
		return;
	metadata_free(root->metadata);
	key_ring_clear(&root->ring);
	for (size_t i = 0; i < TOP_ROLE_COUNT; i++)
		role_clear(&root->roles[i]);
	free(root);
}

int root_parse(struct metadata *steal_metadata, struct root **ret_root, struct error *err)
{
	auto_root struct root *root = xcalloc(1, sizeof(*root));
	const json_value *body = steal_metadata->body;

	root->metadata = steal_metadata;
	if (!json_get_bool(body, "consistent_snapshot", false))
		return error_set(
			err, ERROR_INVALID,
			"the repository has no consistent snapshots; this program needs them");
	if (key_ring_parse(json_get(body, "keys"), &root->ring, err) < 0)
		return -1;
	for (enum top_role i = 0; i < TOP_ROLE_COUNT; i++)
		if (role_parse(top_role_name(i),
			       json_get(json_get(body, "roles"), top_role_name(i)), &root->roles[i],
			       err) < 0)
			return -1;
	*ret_root = steal_ptr(root);
	return 0;
}

static bool is_sha256(const char *text)
{
	return text && strlen(text) == DIGEST_HEX_SIZE - 1 &&
	       strspn(text, "0123456789abcdef") == DIGEST_HEX_SIZE - 1;
}

/* "hashes" may be absent where `optional`; but hashes that we cannot check are not "absent". */
static int take_sha256(const json_value *hashes, bool optional, char into[static DIGEST_HEX_SIZE],
		       struct error *err)
{
	const char *text = json_get_text(hashes, "sha256", NULL);

	if (!hashes && optional)
		return 0;
	if (!is_sha256(text))
		return error_set(err, ERROR_INVALID,
				 "no sha256 of 64 lower-case hexadecimal digits");
	memcpy(into, text, DIGEST_HEX_SIZE);
	return 0;
}

static int take_length(const json_value *length, bool optional, int64_t *ret_length,
		       struct error *err)
{
	if (!length && optional) {
		*ret_length = -1;
		return 0;
	}
	if (json_kind(length) != JSON_KIND_INT || json_int(length) < 0)
		return error_set(err, ERROR_INVALID, "no length in bytes");
	*ret_length = json_int(length);
	return 0;
}

static int file_meta_parse(const char *name, const json_value *value, struct file_meta *meta,
			   struct error *err)
{
	meta->version = json_get_int(value, "version", 0);
	if (meta->version < 1 || meta->version > VERSION_LIMIT)
		return error_set(err, ERROR_INVALID, "%.80s: no version of at least 1", name);
	if (take_length(json_get(value, "length"), true, &meta->length, err) < 0 ||
	    take_sha256(json_get(value, "hashes"), true, meta->sha256, err) < 0)
		return error_context(err, "%.80s", name);
	return 0;
}

int file_meta_check(const struct file_meta *meta, const char *name, const void *data, size_t size,
		    struct error *err)
{
	char sha256[DIGEST_HEX_SIZE];

	if (meta->length >= 0 && (uint64_t)meta->length != size)
		return error_set(err, ERROR_VERIFY, "%s has %zu bytes, and %jd were signed for",
				 name, size, (intmax_t)meta->length);
	digest_bytes(data, size, sha256);
	if (meta->sha256[0] && strcmp(meta->sha256, sha256))
		return error_set(err, ERROR_VERIFY,
				 "%s has the digest %s, and %s was signed for", name, sha256,
				 meta->sha256);
	return 0;
}

void timestamp_free(struct timestamp *timestamp)
{
	if (!timestamp)
		return;
	metadata_free(timestamp->metadata);
	free(timestamp);
}

int timestamp_parse(struct metadata *steal_metadata, struct timestamp **ret_timestamp,
		    struct error *err)
{
	auto_timestamp struct timestamp *timestamp = xcalloc(1, sizeof(*timestamp));
	const json_value *meta = json_get(steal_metadata->body, "meta");

	timestamp->metadata = steal_metadata;
	if (json_count(meta) != 1)
		return error_set(err, ERROR_INVALID, "'meta' is not just snapshot.json");
	if (file_meta_parse("snapshot.json", json_get(meta, "snapshot.json"), &timestamp->snapshot,
			    err) < 0)
		return -1;
	*ret_timestamp = steal_ptr(timestamp);
	return 0;
}

void snapshot_free(struct snapshot *snapshot)
{
	if (!snapshot)
		return;
	for (size_t i = 0; snapshot->files && i < map_count(snapshot->files); i++)
		free(map_value(snapshot->files, i));
	map_free(snapshot->files);
	metadata_free(snapshot->metadata);
	free(snapshot);
}

int snapshot_parse(struct metadata *steal_metadata, struct snapshot **ret_snapshot,
		   struct error *err)
{
	auto_snapshot struct snapshot *snapshot = xcalloc(1, sizeof(*snapshot));
	const json_value *meta = json_get(steal_metadata->body, "meta");
	struct json_walk at = { 0 };

	snapshot->metadata = steal_metadata;
	if (!json_is_object(meta) || json_count(meta) > FILES_LIMIT)
		return error_set(err, ERROR_INVALID, "'meta' is no object of at most %d files",
				 FILES_LIMIT);
	snapshot->files = map_new();
	while (json_walk_next(meta, &at)) {
		struct file_meta *file = xcalloc(1, sizeof(*file));

		map_set(snapshot->files, at.key, file);
		if (file_meta_parse(at.key, at.value, file, err) < 0)
			return -1;
	}
	*ret_snapshot = steal_ptr(snapshot);
	return 0;
}

const struct file_meta *snapshot_find(const struct snapshot *snapshot, const char *role)
{
	auto_free char *name = xasprintf("%s.json", role);

	return map_find(snapshot->files, name);
}
