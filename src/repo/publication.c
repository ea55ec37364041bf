// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/publication.h"

#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "repo/check.h"
#include "repo/documents.h"
#include "repo/metadata.h"
#include "repo/moment.h"
#include "repo/repository_private.h"
#include "repo/trust.h"
#include "seal/key.h"

void publication_init(struct publication *publication, const struct repository *repository,
		      struct key *const *keys, size_t key_count)
{
	*publication = (struct publication){
		.repository = repository,
		.files = map_new(),
		.keys = keys,
		.key_count = key_count,
	};
}

void publication_clear(struct publication *publication)
{
	for (size_t i = 0; publication->files && i < map_count(publication->files); i++) {
		struct buffer *data = map_value(publication->files, i);

		buffer_clear(data);
		free(data);
	}
	map_free(publication->files);
	publication->files = NULL;
}

static void describe(const struct buffer *data, int64_t version, json_value *meta)
{
	char sha256[DIGEST_HEX_SIZE];

	digest_bytes(data->data, data->size, sha256);
	json_set_int(meta, "version", version);
	json_set_int(meta, "length", (int64_t)data->size);
	json_set_text(json_set_object(meta, "hashes"), "sha256", sha256);
}

void publication_add(struct publication *publication, const char *role, json_value *envelope,
		     json_value *meta)
{
	int64_t version = json_get_int(envelope_body(envelope), "version", 0);
	auto_free char *name = strcmp(role, "timestamp") ? versioned_name(role, version) :
							   xstrdup("timestamp.json");
	struct buffer *data = xcalloc(1, sizeof(*data));

	json_write_compact(envelope, data);
	if (meta)
		describe(data, version, meta);

	struct buffer *before = map_set(publication->files, name, data);

	if (before)
		buffer_clear(before);
	free(before);
}

/* Signs with every given key that the root names for the role. */
static int sign_online(const struct publication *publication, const char *role,
		       json_value *envelope, struct error *err)
{
	auto_json json_value *keys = NULL;
	int64_t count = 0;

	if (repository_role_keys(publication->repository, role, &keys, err) < 0)
		return -1;
	for (size_t i = 0; i < publication->key_count; i++) {
		char keyid[KEYID_SIZE];
		bool named = false;

		if (keyid_of(publication->keys[i], keyid, err) < 0)
			return -1;
		for (size_t j = 0; j < json_count(json_get(keys, "keyids")); j++)
			named |= !strcmp(json_text(json_at(json_get(keys, "keyids"), j)), keyid);
		if (!named)
			continue;
		if (envelope_sign(envelope, publication->keys[i], err) < 0)
			return -1;
		count++;
	}
	if (count < json_get_int(keys, "threshold", 1))
		return error_set(
			err, ERROR_INVALID,
			"%jd of the given keys may sign %s, and %jd must; give them with --key",
			(intmax_t)count, role, (intmax_t)json_get_int(keys, "threshold", 1));
	return 0;
}

/* The next version of an online document, or the first. */
static int next_version(const struct repository *repository, const char *role,
			json_value **ret_envelope, struct error *err)
{
	if (repository_edit(repository, role, ret_envelope, err) == 0)
		return 0;
	if (err->code != ERROR_NOT_FOUND)
		return -1;
	*ret_envelope = envelope_new(body_new(
		role, 1, repository_now(repository) + repository_lifetime(repository, role)));
	json_set_object(envelope_body(*ret_envelope), "meta");
	return 0;
}

static int add_snapshot(struct publication *publication, json_value *steal_meta,
			json_value *file_meta, struct error *err)
{
	auto_json json_value *meta = steal_meta;
	auto_json json_value *snapshot = NULL;

	if (next_version(publication->repository, "snapshot", &snapshot, err) < 0)
		return -1;
	json_set_value(envelope_body(snapshot), "meta", steal_ptr(meta));
	if (sign_online(publication, "snapshot", snapshot, err) < 0)
		return -1;
	publication_add(publication, "snapshot", snapshot, file_meta);
	return 0;
}

int publication_finish(struct publication *publication, json_value *steal_meta, struct error *err)
{
	auto_json json_value *timestamp = NULL;
	json_value *file_meta = NULL;

	if (next_version(publication->repository, "timestamp", &timestamp, err) < 0) {
		json_free(steal_meta);
		return -1;
	}
	if (steal_meta) {
		file_meta = json_set_object(json_member(envelope_body(timestamp), "meta"),
					    "snapshot.json");
		if (add_snapshot(publication, steal_meta, file_meta, err) < 0)
			return -1;
	}
	if (sign_online(publication, "timestamp", timestamp, err) < 0)
		return -1;
	publication_add(publication, "timestamp", timestamp, NULL);
	return 0;
}

/* What is about to be there, before what is there. */
static int fetch_overlay(void *user, const char *name, size_t limit, struct buffer *into,
			 struct error *err)
{
	const struct publication *publication = user;
	const struct buffer *data = map_find(publication->files, name);
	struct fetcher below = fetcher_of_folder(repository_folder(publication->repository));

	if (!data)
		return fetch_file(&below, name, limit, into, err);
	if (data->size > limit)
		return error_set(err, ERROR_INVALID, "%s: larger than the limit of %zu bytes", name,
				 limit);
	buffer_add(into, data->data, data->size);
	return 0;
}

/* What has been out longer than it was good for harms nobody but its own ring; but nothing is put out
 * that comes expired. */
static int check_new_ones(const struct publication *publication, const struct trust *trust,
			  const struct text_list *expired, struct error *err)
{
	for (size_t i = 0; i < expired->count; i++) {
		const char *role = expired->items[i];
		const struct targets *targets = trust_expired_role(trust, role);
		auto_free char *name = versioned_name(role, targets->metadata->version);

		if (map_has(publication->files, name))
			return metadata_check_expiry(targets->metadata, name, trust_now(trust), err);
	}
	return 0;
}

static int check_in_store(const struct publication *publication, const char *store,
			  struct error *err)
{
	const struct fetcher overlay = { fetch_overlay, (void *)publication };
	const struct fetcher present =
		fetcher_of_folder(repository_folder(publication->repository));
	auto_buffer struct buffer root = BUFFER_INIT;
	auto_trust struct trust *trust = NULL;
	auto_text_list struct text_list expired = { 0 };
	struct error ignored;

	if (fetch_file(&overlay, "1.root.json", ROOT_LIMIT, &root, err) < 0 ||
	    trust_begin(store, root.data, root.size, err) < 0 ||
	    trust_open(store, repository_now(publication->repository), &trust, err) < 0)
		return -1;
	/* A client that is up to date now: what it saw must not be taken back. There may be nothing
	 * to see yet, or it may have expired. */
	trust_refresh(trust, &present, &ignored);
	if (repository_check(trust, &overlay, NULL, &expired, err) < 0)
		return -1;
	return check_new_ones(publication, trust, &expired, err);
}

int publication_check(const struct publication *publication, struct error *err)
{
	auto_free char *drafts = path_join(repository_folder(publication->repository), ".draft");
	auto_free char *store = NULL;
	struct error ignored;

	if (directory_make_temporary(drafts, &store, err) < 0)
		return -1;

	int result = check_in_store(publication, store, err);

	directory_remove(store, &ignored);
	if (result == 0)
		return 0;
	/* A full disk is no fault of what is in it. */
	if (err->code == ERROR_SYSTEM || err->code == ERROR_PERMISSION || err->code == ERROR_INTERRUPTED)
		return error_context(err, "not published, because it could not be checked");
	return error_context(err, "not published, because clients would refuse it%s",
			     err->code == ERROR_STALE ? " (see suture repo renew)" : "");
}

static int write_file(const struct publication *publication, size_t index, struct error *err)
{
	const char *name = map_key(publication->files, index);
	const struct buffer *data = map_value(publication->files, index);
	auto_free char *path = path_join(repository_folder(publication->repository), name);

	return file_write(path, data->data, data->size, 0644, true, err);
}

/* In this order: what nothing points to yet, then the root, which clients find by counting, then
 * the timestamp, which makes all of it count. */
static unsigned write_rank(const char *name)
{
	if (!strcmp(name, "timestamp.json"))
		return 2;
	return has_suffix(name, ".root.json");
}

int publication_write(const struct publication *publication, struct error *err)
{
	for (unsigned rank = 0; rank <= 2; rank++)
		for (size_t i = 0; i < map_count(publication->files); i++)
			if (write_rank(map_key(publication->files, i)) == rank &&
			    write_file(publication, i, err) < 0)
				return -1;
	return 0;
}
