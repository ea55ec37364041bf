// SPDX-License-Identifier: GPL-2.0-or-later
#include "repo/role.h"

#include <string.h>

#include "repo/canonical.h"
#include "repo/metadata.h"
#include "seal/key.h"

#define KEYS_LIMIT 1024
#define ROLE_KEYS_LIMIT 64
#define ROLE_NAME_LIMIT 64

int public_key_write(const struct key *key, json_value **ret_value, struct error *err)
{
	uint8_t public[ED25519_PUBLIC_SIZE];
	char hex[2 * sizeof(public) + 1];

	if (key_public_bytes(key, public, err) < 0)
		return -1;
	hex_encode(public, sizeof(public), hex);

	json_value *value = json_new_object();

	json_set_text(value, "keytype", "ed25519");
	json_set_text(value, "scheme", "ed25519");
	json_set_text(json_set_object(value, "keyval"), "public", hex);
	*ret_value = value;
	return 0;
}

int keyid_of(const struct key *key, char keyid[static KEYID_SIZE], struct error *err)
{
	auto_json json_value *value = NULL;
	auto_buffer struct buffer canonical = BUFFER_INIT;

	if (public_key_write(key, &value, err) < 0 || canonical_write(value, &canonical, err) < 0)
		return -1;
	digest_bytes(canonical.data, canonical.size, keyid);
	return 0;
}

void key_ring_clear(struct key_ring *ring)
{
	for (size_t i = 0; ring->keys && i < map_count(ring->keys); i++)
		key_free(map_value(ring->keys, i));
	map_free(ring->keys);
	ring->keys = NULL;
}

const struct key *key_ring_find(const struct key_ring *ring, const char *keyid)
{
	return ring->keys ? map_find(ring->keys, keyid) : NULL;
}

static bool is_known_scheme(const json_value *value)
{
	return !strcmp(json_get_text(value, "keytype", ""), "ed25519") &&
	       !strcmp(json_get_text(value, "scheme", ""), "ed25519");
}

static int add_key(struct key_ring *ring, const char *keyid, const json_value *value,
		   struct error *err)
{
	const char *hex = json_get_text(json_get(value, "keyval"), "public", "");
	uint8_t public[ED25519_PUBLIC_SIZE];
	auto_key struct key *key = NULL;
	char computed[KEYID_SIZE];

	if (!is_known_scheme(value))
		return 0;
	if (!hex_decode(hex, public, sizeof(public)))
		return error_set(err, ERROR_INVALID, "the key %.64s is not 64 hexadecimal digits",
				 keyid);
	if (key_from_ed25519(public, &key, err) < 0 || keyid_of(key, computed, err) < 0)
		return error_context(err, "key %.64s", keyid);
	/* From the key itself, not from what the document wrote around it. */
	if (strcmp(computed, keyid))
		return error_set(err, ERROR_INVALID, "the key named %.64s is really %s", keyid,
				 computed);
	map_set(ring->keys, keyid, steal_ptr(key));
	return 0;
}

int key_ring_parse(const json_value *keys, struct key_ring *ret_ring, struct error *err)
{
	struct key_ring ring = { 0 };
	struct json_walk at = { 0 };

	if (!json_is_object(keys) || json_count(keys) > KEYS_LIMIT)
		return error_set(err, ERROR_INVALID, "'keys' is no object of at most %d keys",
				 KEYS_LIMIT);
	ring.keys = map_new();
	while (json_walk_next(keys, &at))
		if (add_key(&ring, at.key, at.value, err) < 0) {
			key_ring_clear(&ring);
			return -1;
		}
	*ret_ring = ring;
	return 0;
}

bool is_role_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");

	return length > 0 && length <= ROLE_NAME_LIMIT && !name[length];
}

void role_clear(struct role *role)
{
	free(role->name);
	text_list_clear(&role->keyids);
	*role = (struct role){ 0 };
}

static int take_keyids(const json_value *keyids, struct role *role, struct error *err)
{
	size_t count = json_count(keyids);

	if (!json_is_array(keyids) || count > ROLE_KEYS_LIMIT)
		return error_set(err, ERROR_INVALID, "'keyids' is no list of at most %d keyids",
				 ROLE_KEYS_LIMIT);
	for (size_t i = 0; i < count; i++) {
		const char *keyid = json_text(json_at(keyids, i));

		if (!keyid || text_list_has(&role->keyids, keyid))
			return error_set(err, ERROR_INVALID, "keyid %zu is no text or there twice",
					 i);
		text_list_add(&role->keyids, keyid);
	}
	return 0;
}

int role_parse(const char *name, const json_value *value, struct role *ret_role, struct error *err)
{
	struct role role = { 0 };
	int64_t threshold = json_get_int(value, "threshold", 0);

	if (!is_role_name(name))
		return error_set(err, ERROR_INVALID, "'%.64s' is no name of a role", name);
	if (threshold < 1 || threshold > ROLE_KEYS_LIMIT)
		return error_set(err, ERROR_INVALID, "role %s: the threshold is not from 1 to %d",
				 name, ROLE_KEYS_LIMIT);
	if (take_keyids(json_get(value, "keyids"), &role, err) < 0) {
		role_clear(&role);
		return error_context(err, "role %s", name);
	}
	role.name = xstrdup(name);
	role.threshold = (unsigned)threshold;
	*ret_role = role;
	return 0;
}

static bool signed_by(const struct metadata *metadata, const char *keyid, const struct key *key)
{
	uint8_t signature[ED25519_SIGNATURE_SIZE];

	for (size_t i = 0; i < json_count(metadata->signatures); i++) {
		const json_value *entry = json_at(metadata->signatures, i);

		if (!strcmp(json_get_text(entry, "keyid", ""), keyid))
			return hex_decode(json_get_text(entry, "sig", ""), signature,
					  sizeof(signature)) &&
			       key_verify(key, metadata->canonical.data, metadata->canonical.size,
					  signature);
	}
	return false;
}

unsigned role_count_signatures(const struct role *role, const struct key_ring *ring,
			       const struct metadata *metadata)
{
	unsigned count = 0;

	for (size_t i = 0; i < role->keyids.count; i++) {
		const struct key *key = key_ring_find(ring, role->keyids.items[i]);

		if (key && signed_by(metadata, role->keyids.items[i], key))
			count++;
	}
	return count;
}

int role_verify(const struct role *role, const struct key_ring *ring,
		const struct metadata *metadata, struct error *err)
{
	unsigned count = role_count_signatures(role, ring, metadata);

	if (count >= role->threshold)
		return 0;
	return error_set(err, ERROR_VERIFY,
			 "%u of the keys of role %s signed, and %u must; nothing of it is used",
			 count, role->name, role->threshold);
}
