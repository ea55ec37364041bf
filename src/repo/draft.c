// SPDX-License-Identifier: GPL-2.0-or-later
/* Who signs the drafts: keys, thresholds, signatures. */
#include <stdio.h>
#include <string.h>

#include "repo/documents.h"
#include "repo/metadata.h"
#include "repo/repository_private.h"
#include "seal/key.h"

/* A vouching document, its role entry and its keys, to look at or to change. */
struct vouching {
	json_value *envelope; /* owned */
	json_value *entry, *keys; /* in it */
};

static void vouching_clear(struct vouching *vouching)
{
	json_free(vouching->envelope);
	*vouching = (struct vouching){ 0 };
}
#define auto_vouching __attribute__((cleanup(vouching_clear)))

typedef int (*document_getter)(const struct repository *repository, const char *role,
			       json_value **ret_envelope, struct error *err);

static int find_vouching(const struct repository *repository, const char *role,
			 document_getter get, struct vouching *vouching, struct error *err)
{
	if (get(repository, vouching_role(role), &vouching->envelope, err) < 0)
		return -1;
	vouching->entry = find_role_entry(envelope_body(vouching->envelope), role);
	vouching->keys = find_key_table(envelope_body(vouching->envelope), role);
	if (!vouching->entry || !vouching->keys)
		return error_set(err, ERROR_NOT_FOUND, "the repository has no role '%.64s'", role);
	return 0;
}

int repository_role_keys(const struct repository *repository, const char *role,
			 json_value **ret_role, struct error *err)
{
	auto_vouching struct vouching vouching = { 0 };

	if (find_vouching(repository, role, repository_current, &vouching, err) < 0)
		return -1;
	*ret_role = json_clone(vouching.entry);
	return 0;
}

static size_t find_keyid(const json_value *entry, const char *keyid)
{
	const json_value *keyids = json_get(entry, "keyids");
	size_t i = 0;

	while (i < json_count(keyids) && strcmp(json_text(json_at(keyids, i)), keyid))
		i++;
	return i;
}

static bool has_keyid(const json_value *entry, const char *keyid)
{
	return find_keyid(entry, keyid) < json_count(json_get(entry, "keyids"));
}

int repository_add_key(const struct repository *repository, const char *role,
		       const struct key *key, struct error *err)
{
	auto_vouching struct vouching vouching = { 0 };
	char keyid[KEYID_SIZE];
	json_value *public;

	if (find_vouching(repository, role, repository_edit, &vouching, err) < 0 ||
	    keyid_of(key, keyid, err) < 0)
		return -1;
	if (has_keyid(vouching.entry, keyid))
		return error_set(err, ERROR_NOTHING, "role %s has the key %.16s already", role,
				 keyid);
	if (public_key_write(key, &public, err) < 0)
		return -1;
	json_set_value(vouching.keys, keyid, public);
	json_add_text(json_member(vouching.entry, "keyids"), keyid);
	return repository_save(repository, vouching_role(role), vouching.envelope, true, err);
}

/* The one keyid of the role that begins so. */
static int expand_keyid(const json_value *entry, const char *beginning,
			char keyid[static KEYID_SIZE], struct error *err)
{
	const json_value *keyids = json_get(entry, "keyids");
	unsigned found = 0;

	if (strlen(beginning) < 8)
		return error_set(err, ERROR_USAGE, "give at least eight digits of the keyid");
	for (size_t i = 0; i < json_count(keyids); i++)
		if (has_prefix(json_text(json_at(keyids, i)), beginning)) {
			snprintf(keyid, KEYID_SIZE, "%s", json_text(json_at(keyids, i)));
			found++;
		}
	if (found != 1)
		return error_set(err, ERROR_NOT_FOUND, "%u keys of the role begin with %.64s",
				 found, beginning);
	return 0;
}

/* A key that no role of the document names any more leaves its key table too. */
static void drop_unused_key(json_value *body, json_value *keys, const char *keyid)
{
	for (const char *const *role = all_role_names; *role; role++) {
		json_value *entry = find_role_entry(body, *role);

		if (entry && has_keyid(entry, keyid))
			return;
	}
	json_remove(keys, keyid);
}

int repository_remove_key(const struct repository *repository, const char *role,
			  const char *beginning, struct error *err)
{
	auto_vouching struct vouching vouching = { 0 };
	char keyid[KEYID_SIZE];

	if (find_vouching(repository, role, repository_edit, &vouching, err) < 0 ||
	    expand_keyid(vouching.entry, beginning, keyid, err) < 0)
		return -1;

	json_value *keyids = json_member(vouching.entry, "keyids");

	if ((int64_t)json_count(keyids) <= json_get_int(vouching.entry, "threshold", 1))
		return error_set(
			err, ERROR_INVALID,
			"role %s would have fewer keys than its threshold; add a key or lower "
			"the threshold first",
			role);
	json_remove_at(keyids, find_keyid(vouching.entry, keyid));
	drop_unused_key(envelope_body(vouching.envelope), vouching.keys, keyid);
	return repository_save(repository, vouching_role(role), vouching.envelope, true, err);
}

int repository_set_threshold(const struct repository *repository, const char *role,
			     unsigned threshold, struct error *err)
{
	auto_vouching struct vouching vouching = { 0 };

	if (find_vouching(repository, role, repository_edit, &vouching, err) < 0)
		return -1;

	size_t count = json_count(json_get(vouching.entry, "keyids"));

	if (threshold < 1 || threshold > count)
		return error_set(err, ERROR_INVALID,
				 "role %s has %zu keys: the threshold can be 1 to "
				 "%zu",
				 role, count, count);
	json_set_int(vouching.entry, "threshold", threshold);
	return repository_save(repository, vouching_role(role), vouching.envelope, true, err);
}

/* A root is also signed by the keys that it replaces. */
static int may_sign(const struct repository *repository, const char *role, const char *keyid,
		    bool *ret_may, struct error *err)
{
	auto_vouching struct vouching current = { 0 };
	auto_vouching struct vouching published = { 0 };
	struct error ignored;

	if (find_vouching(repository, role, repository_current, &current, err) < 0)
		return -1;
	*ret_may = has_keyid(current.entry, keyid);
	if (!*ret_may && !strcmp(role, "root") &&
	    find_vouching(repository, role, repository_published, &published, &ignored) == 0)
		*ret_may = has_keyid(published.entry, keyid);
	return 0;
}

int repository_sign(const struct repository *repository, const struct key *key, const char *role,
		    unsigned *ret_count, struct error *err)
{
	char keyid[KEYID_SIZE];
	unsigned count = 0;

	if (keyid_of(key, keyid, err) < 0)
		return -1;
	for (const char *const *name = all_role_names; *name; name++) {
		auto_json json_value *envelope = NULL;
		bool may = false;

		if ((role && strcmp(role, *name)) || !repository_has_draft(repository, *name))
			continue;
		if (may_sign(repository, *name, keyid, &may, err) < 0)
			return -1;
		if (!may)
			continue;
		if (repository_current(repository, *name, &envelope, err) < 0 ||
		    envelope_sign(envelope, key, err) < 0 ||
		    repository_save(repository, *name, envelope, false, err) < 0)
			return -1;
		count++;
	}
	*ret_count = count;
	return 0;
}

/* Signatures of one vouching document's keys on a frame. */
static int count_signatures(const struct vouching *vouching, const char *role,
			    const struct metadata *metadata, unsigned *ret_count,
			    unsigned *ret_threshold, struct error *err)
{
	struct key_ring ring = { 0 };
	struct role keys = { 0 };

	if (key_ring_parse(vouching->keys, &ring, err) < 0)
		return -1;

	int result = role_parse(role, vouching->entry, &keys, err);

	if (result == 0) {
		*ret_count = role_count_signatures(&keys, &ring, metadata);
		*ret_threshold = keys.threshold;
	}
	role_clear(&keys);
	key_ring_clear(&ring);
	return result;
}

int repository_draft_state(const struct repository *repository, const char *role,
			   struct draft_state *ret_state, struct error *err)
{
	auto_vouching struct vouching current = { 0 };
	auto_vouching struct vouching published = { 0 };
	auto_json json_value *envelope = NULL;
	auto_metadata struct metadata *metadata = NULL;
	auto_buffer struct buffer text = BUFFER_INIT;
	struct draft_state state = { 0 };
	struct error ignored;

	if (!repository_has_draft(repository, role))
		return error_set(err, ERROR_NOT_FOUND, "there is no draft of %s", role);
	if (find_vouching(repository, role, repository_current, &current, err) < 0 ||
	    repository_current(repository, role, &envelope, err) < 0)
		return -1;
	json_write(envelope, &text);
	if (metadata_parse(text.data, text.size, document_type(role), &metadata, err) < 0 ||
	    count_signatures(&current, role, metadata, &state.signatures, &state.threshold, err) <
		    0)
		return error_context(err, "the draft of %s", role);
	state.version = metadata->version;
	if (!strcmp(role, "root") &&
	    find_vouching(repository, role, repository_published, &published, &ignored) == 0 &&
	    count_signatures(&published, role, metadata, &state.old_signatures,
			     &state.old_threshold, err) < 0)
		return -1;
	*ret_state = state;
	return 0;
}
