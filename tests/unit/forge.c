// SPDX-License-Identifier: GPL-2.0-or-later
#include "forge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/memory.h"
#include "repo/metadata.h"
#include "repo/moment.h"
#include "repo/role.h"

static void must(int result, const struct error *err)
{
	if (result < 0) {
		fprintf(stderr, "forge: %s\n", err->msg);
		abort();
	}
}

static void put_buffer(struct forge *forge, const char *name, struct buffer *data)
{
	struct buffer *old = map_set(forge->files, name, data);

	if (old) {
		buffer_clear(old);
		free(old);
	}
}

void forge_put(struct forge *forge, const char *name, const void *data, size_t size)
{
	struct buffer *copy = xcalloc(1, sizeof(*copy));

	buffer_add(copy, data, size);
	put_buffer(forge, name, copy);
}

const struct buffer *forge_file(const struct forge *forge, const char *name)
{
	return map_find(forge->files, name);
}

void forge_copy(struct forge *forge, const char *from, const char *to)
{
	const struct buffer *data = forge_file(forge, from);

	forge_put(forge, to, data->data, data->size);
}

void forge_remove(struct forge *forge, const char *name)
{
	put_buffer(forge, name, NULL);
}

static int fetch_forged(void *user, const char *name, size_t limit, struct buffer *into,
			struct error *err)
{
	const struct forge *forge = user;
	const struct buffer *data = forge_file(forge, name);

	if (forge->offline)
		return error_set(err, ERROR_TEMPORARY, "the server does not answer");
	if (forge->endless) /* a fetcher that forgot its limit */
		buffer_add_zeros(into, limit + 1);
	else if (!data)
		return error_set(err, ERROR_NOT_FOUND, "no %s", name);
	else
		buffer_add(into, data->data, data->size);
	return 0;
}

struct fetcher fetcher_of_forge(struct forge *forge)
{
	return (struct fetcher){ fetch_forged, forge };
}

void forge_put_signed(struct forge *forge, const char *name, json_value *steal_body,
		      const enum forge_key *signers, size_t count)
{
	auto_json json_value *envelope = envelope_new(steal_body);
	struct buffer *data = xcalloc(1, sizeof(*data));
	struct error err;

	for (size_t i = 0; i < count; i++)
		must(envelope_sign(envelope, forge->keys[signers[i]], &err), &err);
	json_write_compact(envelope, data);
	put_buffer(forge, name, data);
}

/* The key into the table, its keyid into the list. */
static void add_key(struct forge *forge, json_value *keys, json_value *keyids, enum forge_key key)
{
	char keyid[KEYID_SIZE];
	json_value *public;
	struct error err;

	must(keyid_of(forge->keys[key], keyid, &err), &err);
	must(public_key_write(forge->keys[key], &public, &err), &err);
	json_set_value(keys, keyid, public);
	json_add_text(keyids, keyid);
}

void forge_role_key(struct forge *forge, json_value *root, const char *role, enum forge_key key)
{
	json_value *entry = json_set_object(json_member(root, "roles"), role);

	add_key(forge, json_member(root, "keys"), json_set_array(entry, "keyids"), key);
	json_set_int(entry, "threshold", 1);
}

json_value *forge_root(struct forge *forge, int64_t version, const enum forge_key *root_keys,
		       size_t count, unsigned threshold)
{
	json_value *body = body_new("root", version, FORGE_NOW + 365 * MOMENT_DAY);

	json_set_bool(body, "consistent_snapshot", true);

	json_value *keys = json_set_object(body, "keys");
	json_value *entry = json_set_object(json_set_object(body, "roles"), "root");
	json_value *keyids = json_set_array(entry, "keyids");

	for (size_t i = 0; i < count; i++)
		add_key(forge, keys, keyids, root_keys[i]);
	json_set_int(entry, "threshold", threshold);
	forge_role_key(forge, body, "targets", FORGE_TARGETS);
	forge_role_key(forge, body, "snapshot", FORGE_SNAPSHOT);
	forge_role_key(forge, body, "timestamp", FORGE_TIMESTAMP);
	return body;
}

static json_value *target_entry(const void *data, size_t size)
{
	json_value *entry = json_new_object();
	char sha256[DIGEST_HEX_SIZE];

	digest_bytes(data, size, sha256);
	json_set_int(entry, "length", (int64_t)size);
	json_set_text(json_set_object(entry, "hashes"), "sha256", sha256);
	return entry;
}

void forge_add_module(struct forge *forge, struct forge_document *ring, const char *path,
		      const char *build_id, int64_t level, const char *name, const char *content)
{
	forge_add_bytes(forge, ring, path, build_id, level, name, content, strlen(content));
}

void forge_add_bytes(struct forge *forge, struct forge_document *ring, const char *path,
		     const char *build_id, int64_t level, const char *name, const void *data,
		     size_t size)
{
	json_value *entry = target_entry(data, size);
	json_value *custom = json_set_object(entry, "custom");
	json_value *manifest = json_set_object(custom, "manifest");
	struct target target = { .path = path };
	auto_free char *file = NULL;

	json_set_int(custom, "level", level);
	json_set_text(manifest, "name", name);
	json_set_text(json_set_object(manifest, "kernel"), "build_id", build_id);
	json_set_text(json_member(manifest, "kernel"), "release", "6.1.0-56-cloud-amd64");
	digest_bytes(data, size, target.sha256);
	json_set_text(json_set_object(manifest, "module"), "sha256", target.sha256);
	file = target_file_name(&target);
	forge_put(forge, file, data, size);
	json_set_value(ring->targets, path, entry);
}

void forge_revoke(struct forge *forge, const char *content)
{
	forge_revoke_bytes(forge, content, strlen(content));
}

void forge_revoke_bytes(struct forge *forge, const void *data, size_t size)
{
	auto_free char *path = NULL;
	char sha256[DIGEST_HEX_SIZE];
	json_value *entry = target_entry("because\n", strlen("because\n"));

	digest_bytes(data, size, sha256);
	path = xasprintf("revocations/%s", sha256);
	json_set_text(json_set_object(entry, "custom"), "reason", "it hangs");
	json_set_value(forge->revocations.targets, path, entry);
}

/* Writes the document and says of it above what the test wants said. */
static void put_document(struct forge *forge, const char *role,
			 const struct forge_document *document, json_value *steal_body,
			 json_value *meta)
{
	auto_free char *name = meta ? xasprintf("%jd.%s.json", (intmax_t)document->version, role) :
				      xasprintf("%s.json", role);
	auto_free char *key = xasprintf("%s.json", role);
	char sha256[DIGEST_HEX_SIZE];

	forge_put_signed(forge, name, steal_body, &document->signer, 1);
	if (!meta || document->hidden)
		return;

	const struct buffer *data = forge_file(forge, name);
	json_value *entry = json_set_object(meta, key);

	json_set_int(entry, "version", document->claimed_version ? document->claimed_version :
								    document->version);
	if (document->claimed_length)
		json_set_int(entry, "length", document->claimed_length);
	if (document->without_hashes)
		return;
	digest_bytes(data->data, data->size, sha256);
	json_set_text(json_set_object(entry, "hashes"), "sha256", sha256);
	if (!document->claimed_length)
		json_set_int(entry, "length", (int64_t)data->size);
}

static void put_targets(struct forge *forge, const char *role,
			const struct forge_document *document, json_value *delegations,
			json_value *meta)
{
	json_value *body = body_new("targets", document->version, document->expires);

	json_set_value(body, "targets", json_clone(document->targets));
	if (delegations)
		json_set_value(body, "delegations", delegations);
	put_document(forge, role, document, body, meta);
}

static json_value *make_delegations(struct forge *forge)
{
	static const struct {
		const char *role, *pattern;
		enum forge_key key;
	} rows[] = {
		{ "edge", "edge/*/*", FORGE_EDGE },
		{ "stable", "stable/*/*", FORGE_STABLE },
		{ "revocations", "revocations/*", FORGE_REVOCATIONS },
	};
	json_value *delegations = json_new_object();
	json_value *keys = json_set_object(delegations, "keys");
	json_value *roles = json_set_array(delegations, "roles");

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		json_value *entry = json_add_object(roles);

		json_set_text(entry, "name", rows[i].role);
		add_key(forge, keys, json_set_array(entry, "keyids"), rows[i].key);
		json_set_int(entry, "threshold", 1);
		json_set_bool(entry, "terminating", true);
		json_add_text(json_set_array(entry, "paths"), rows[i].pattern);
	}
	return delegations;
}

void forge_publish(struct forge *forge)
{
	json_value *files = json_new_object(), *snapshot = json_new_object();
	json_value *body;

	put_targets(forge, "targets", &forge->targets, make_delegations(forge), files);
	put_targets(forge, "edge", &forge->edge, NULL, files);
	put_targets(forge, "stable", &forge->stable, NULL, files);
	put_targets(forge, "revocations", &forge->revocations, NULL, files);
	body = body_new("snapshot", forge->snapshot.version, forge->snapshot.expires);
	json_set_value(body, "meta", files);
	put_document(forge, "snapshot", &forge->snapshot, body, snapshot);
	body = body_new("timestamp", forge->timestamp.version, forge->timestamp.expires);
	json_set_value(body, "meta", snapshot);
	put_document(forge, "timestamp", &forge->timestamp, body, NULL);
}

static struct forge_document *documents(struct forge *forge, size_t i)
{
	struct forge_document *all[] = { &forge->targets,     &forge->edge,	&forge->stable,
					 &forge->revocations, &forge->snapshot, &forge->timestamp };

	return i < ARRAY_SIZE(all) ? all[i] : NULL;
}

void forge_publish_next(struct forge *forge)
{
	for (size_t i = 0; documents(forge, i); i++)
		documents(forge, i)->version++;
	forge_publish(forge);
}

void forge_init(struct forge *forge)
{
	static const enum forge_key signers[] = {
		FORGE_TARGETS,	   FORGE_EDGE,	   FORGE_STABLE,
		FORGE_REVOCATIONS, FORGE_SNAPSHOT, FORGE_TIMESTAMP
	};
	static const enum forge_key roots[] = { FORGE_ROOT_1, FORGE_ROOT_2 };
	struct error err;

	*forge = (struct forge){ .files = map_new() };
	for (size_t i = 0; i < FORGE_KEY_COUNT; i++)
		must(key_generate(KEY_ED25519, &forge->keys[i], &err), &err);
	for (size_t i = 0; documents(forge, i); i++)
		*documents(forge, i) = (struct forge_document){
			.version = 1,
			.expires = FORGE_NOW + 2 * MOMENT_DAY,
			.signer = signers[i],
			.targets = json_new_object(),
		};
	forge_put_signed(forge, "1.root.json", forge_root(forge, 1, roots, 2, 2), roots, 2);
	forge_publish(forge);
}

void forge_clear(struct forge *forge)
{
	for (size_t i = 0; i < map_count(forge->files); i++) {
		struct buffer *data = map_value(forge->files, i);

		if (data)
			buffer_clear(data);
		free(data);
	}
	map_free(forge->files);
	for (size_t i = 0; documents(forge, i); i++)
		json_free(documents(forge, i)->targets);
	for (size_t i = 0; i < FORGE_KEY_COUNT; i++)
		key_free(forge->keys[i]);
}
