// SPDX-License-Identifier: GPL-2.0-or-later
/* Each test is a hostile repository of its own, in front of the real client. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "forge.h"
#include "repo/metadata.h"
#include "repo/moment.h"
#include "repo/offer.h"
#include "repo/role.h"
#include "test.h"

#define BUILD_ID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OTHER_BUILD_ID "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define GOOD_PATH "stable/" BUILD_ID "/1-capable.ko"

struct scene {
	struct forge forge;
	char *store;
	struct trust *trust;
	struct error err;
};

static int open_trust(struct scene *scene, int64_t now)
{
	trust_free(scene->trust);
	scene->trust = NULL;
	return trust_open(scene->store, now, &scene->trust, &scene->err);
}

static int set_up(void **state)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));
	const struct buffer *root;

	*state = scene;
	forge_init(&scene->forge);
	forge_add_module(&scene->forge, &scene->forge.stable, GOOD_PATH, BUILD_ID, 1, "capable",
			 "good module");
	forge_publish_next(&scene->forge);
	root = forge_file(&scene->forge, "1.root.json");
	if (directory_make_temporary("/tmp", &scene->store, &scene->err) < 0 ||
	    trust_begin(scene->store, root->data, root->size, &scene->err) < 0)
		return -1;
	return open_trust(scene, FORGE_NOW);
}

static int tear_down(void **state)
{
	struct scene *scene = *state;
	struct error ignored;

	trust_free(scene->trust);
	forge_clear(&scene->forge);
	directory_remove(scene->store, &ignored);
	free(scene->store);
	free(scene);
	return 0;
}

/* A whole update as a machine does it: opened anew, refreshed, one ring. */
static int update_at(struct scene *scene, const char *ring, int64_t now)
{
	const struct fetcher fetcher = fetcher_of_forge(&scene->forge);
	const struct targets *targets;

	if (open_trust(scene, now) < 0 || trust_refresh(scene->trust, &fetcher, &scene->err) < 0)
		return -1;
	return trust_role(scene->trust, &fetcher, ring, &targets, &scene->err);
}

static int update(struct scene *scene)
{
	return update_at(scene, "stable", FORGE_NOW);
}

static const struct target *find(struct scene *scene, const char *path)
{
	const struct fetcher fetcher = fetcher_of_forge(&scene->forge);
	const struct targets *targets;

	assert_ok(trust_role(scene->trust, &fetcher, "stable", &targets, &scene->err), scene->err);
	return targets_find(targets, path);
}

static void assert_stored_timestamp(struct scene *scene, int64_t version)
{
	auto_free char *path = path_join(scene->store, "timestamp.json");
	auto_json json_value *stored = NULL;

	assert_ok(json_read(path, TIMESTAMP_LIMIT, &stored, &scene->err), scene->err);
	assert_int_equal(json_get_int(json_get(stored, "signed"), "version", 0), version);
}

static void a_good_repository_is_accepted_and_its_target_fetched(void **state)
{
	struct scene *scene = *state;
	const struct fetcher fetcher = fetcher_of_forge(&scene->forge);
	auto_buffer struct buffer module = BUFFER_INIT;

	assert_ok(update(scene), scene->err);
	assert_ok(trust_fetch_target(&fetcher, find(scene, GOOD_PATH), &module, &scene->err),
		  scene->err);
	assert_string_equal(buffer_text(&module), "good module");
}

static void an_update_is_accepted_and_so_is_no_update(void **state)
{
	struct scene *scene = *state;

	assert_ok(update(scene), scene->err);
	assert_ok(update(scene), scene->err);
	forge_publish_next(&scene->forge);
	assert_ok(update(scene), scene->err);
	assert_stored_timestamp(scene, 3);
}

/* Rollback */

static void a_replayed_timestamp_is_refused(void **state)
{
	struct scene *scene = *state;

	forge_copy(&scene->forge, "timestamp.json", "old");
	forge_publish_next(&scene->forge);
	assert_ok(update(scene), scene->err);
	forge_copy(&scene->forge, "old", "timestamp.json");
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "replays");
	assert_stored_timestamp(scene, 3);
}

static void a_new_timestamp_for_an_old_snapshot_is_refused(void **state)
{
	struct scene *scene = *state;

	forge_publish_next(&scene->forge);
	assert_ok(update(scene), scene->err);
	scene->forge.snapshot.version = 2;
	scene->forge.timestamp.version = 9;
	forge_publish(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "goes back to snapshot 2");
	assert_stored_timestamp(scene, 3);
}

static void a_new_snapshot_with_an_old_ring_is_refused(void **state)
{
	struct scene *scene = *state;

	forge_publish_next(&scene->forge);
	assert_ok(update(scene), scene->err);
	forge_publish_next(&scene->forge);
	scene->forge.stable.version = 1;
	forge_publish(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_VERIFY,
		     "goes back to version 1 of stable.json");
}

static void a_snapshot_that_drops_a_ring_is_refused(void **state)
{
	struct scene *scene = *state;

	assert_ok(update(scene), scene->err);
	scene->forge.revocations.hidden = true;
	forge_publish_next(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "revocations.json was in the last");
}

/* Freeze */

static void an_expired_timestamp_is_stale_and_nothing_is_lost(void **state)
{
	struct scene *scene = *state;

	assert_ok(update(scene), scene->err);
	assert_fails(update_at(scene, "stable", FORGE_NOW + 3 * MOMENT_DAY), scene->err,
		     ERROR_STALE, "timestamp.json expired");
	assert_stored_timestamp(scene, 2);
	assert_ok(update(scene), scene->err);
}

static void a_timestamp_that_comes_expired_is_stale(void **state)
{
	struct scene *scene = *state;

	scene->forge.timestamp.expires = FORGE_NOW;
	forge_publish(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_STALE, "timestamp.json expired");
}

static void an_expired_snapshot_is_stale(void **state)
{
	struct scene *scene = *state;

	scene->forge.snapshot.expires = FORGE_NOW - 1;
	forge_publish(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_STALE, "2.snapshot.json");
}

static void a_stored_snapshot_that_expired_is_stale_too(void **state)
{
	struct scene *scene = *state;

	scene->forge.snapshot.expires = FORGE_NOW + MOMENT_HOUR;
	forge_publish(&scene->forge);
	assert_ok(update(scene), scene->err);
	assert_fails(update_at(scene, "stable", FORGE_NOW + MOMENT_DAY), scene->err, ERROR_STALE,
		     "2.snapshot.json");
}

static void an_expired_ring_is_stale(void **state)
{
	struct scene *scene = *state;

	scene->forge.stable.expires = FORGE_NOW - 1;
	forge_publish(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_STALE, "2.stable.json");
}

static void an_expired_root_is_stale(void **state)
{
	struct scene *scene = *state;

	assert_fails(update_at(scene, "stable", FORGE_NOW + 400 * MOMENT_DAY), scene->err,
		     ERROR_STALE, "root expired");
}

static void a_clock_that_was_set_back_is_noticed(void **state)
{
	struct scene *scene = *state;

	assert_ok(update(scene), scene->err);
	assert_fails(update_at(scene, "stable", FORGE_NOW - 30 * MOMENT_DAY), scene->err,
		     ERROR_STALE, "the clock is wrong");
	assert_fails(update_at(scene, "stable", 0), scene->err, ERROR_STALE, "the clock is wrong");
	assert_ok(update_at(scene, "stable", FORGE_NOW - 60), scene->err);
}

static void a_clock_that_was_far_ahead_does_not_lock_out(void **state)
{
	struct scene *scene = *state;

	assert_fails(update_at(scene, "stable", FORGE_NOW + 5000 * MOMENT_DAY), scene->err,
		     ERROR_STALE, "expired");
	assert_ok(update(scene), scene->err);
}

/* Mix and match */

static void a_snapshot_under_anothers_name_is_refused(void **state)
{
	struct scene *scene = *state;

	forge_copy(&scene->forge, "2.snapshot.json", "old");
	forge_publish_next(&scene->forge);
	forge_copy(&scene->forge, "old", "3.snapshot.json");
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "digest");
}

static void a_snapshot_without_hash_is_still_held_to_its_version(void **state)
{
	struct scene *scene = *state;

	forge_copy(&scene->forge, "2.snapshot.json", "old");
	scene->forge.snapshot.without_hashes = true;
	forge_publish_next(&scene->forge);
	forge_copy(&scene->forge, "old", "3.snapshot.json");
	assert_fails(update(scene), scene->err, ERROR_VERIFY,
		     "it is version 2, and the timestamp says 3");
}

static void a_ring_of_another_snapshot_is_refused(void **state)
{
	struct scene *scene = *state;

	forge_copy(&scene->forge, "2.stable.json", "old");
	forge_publish_next(&scene->forge);
	forge_copy(&scene->forge, "old", "3.stable.json");
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "3.stable.json has the digest");
	scene->forge.stable.without_hashes = true;
	forge_publish_next(&scene->forge);
	forge_copy(&scene->forge, "old", "4.stable.json");
	assert_fails(update(scene), scene->err, ERROR_VERIFY,
		     "it is version 2, and the snapshot says 4");
}

/* Roots */

static void put_root(struct scene *scene, const char *name, int64_t version, enum forge_key first,
		     const enum forge_key *signers, size_t count)
{
	const enum forge_key keys[] = { first, FORGE_ROOT_2 };

	forge_put_signed(&scene->forge, name, forge_root(&scene->forge, version, keys, 2, 2),
			 signers, count);
}

static const enum forge_key both_and_new[] = { FORGE_ROOT_1, FORGE_ROOT_2, FORGE_ROOT_3 };

static void two_rotations_are_followed(void **state)
{
	struct scene *scene = *state;

	put_root(scene, "2.root.json", 2, FORGE_ROOT_3, both_and_new, 3);
	put_root(scene, "3.root.json", 3, FORGE_ROOT_1, both_and_new, 3);
	assert_ok(update(scene), scene->err);
	assert_int_equal(trust_root(scene->trust)->metadata->version, 3);
}

static void a_root_that_the_old_keys_did_not_sign_is_refused(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key new_only[] = { FORGE_ROOT_3, FORGE_ROOT_2 };

	put_root(scene, "2.root.json", 2, FORGE_ROOT_3, new_only, 2);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "by the keys of root 1");
}

static void a_root_that_its_own_keys_did_not_sign_is_refused(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key old_only[] = { FORGE_ROOT_1, FORGE_ROOT_2 };

	put_root(scene, "2.root.json", 2, FORGE_ROOT_3, old_only, 2);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "1 of the keys of role root signed");
}

static void root_n_plus_two_in_place_of_n_plus_one_is_refused(void **state)
{
	struct scene *scene = *state;

	put_root(scene, "2.root.json", 3, FORGE_ROOT_3, both_and_new, 3);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "it is version 3, after 1");
}

static void root_n_plus_two_without_n_plus_one_is_not_reached(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key roots[] = { FORGE_ROOT_1, FORGE_ROOT_2 };
	json_value *third = forge_root(&scene->forge, 3, roots, 2, 2);

	forge_role_key(&scene->forge, third, "timestamp", FORGE_STRANGER);
	forge_put_signed(&scene->forge, "3.root.json", third, roots, 2);
	scene->forge.timestamp.signer = FORGE_STRANGER;
	forge_publish_next(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "timestamp.json");
	assert_int_equal(trust_root(scene->trust)->metadata->version, 1);
}

static void a_replayed_root_is_refused(void **state)
{
	struct scene *scene = *state;

	forge_copy(&scene->forge, "1.root.json", "2.root.json");
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "it is version 1, after 1");
}

static void one_key_under_two_names_counts_once(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key roots[] = { FORGE_ROOT_1, FORGE_ROOT_2 };
	json_value *root = forge_root(&scene->forge, 2, roots, 2, 2);
	json_value *keys = json_member(root, "keys"), *entry, *copy;
	char keyid[KEYID_SIZE];

	/* The same public key with one more member has another digest. */
	assert_ok(keyid_of(scene->forge.keys[FORGE_ROOT_1], keyid, &scene->err), scene->err);
	copy = json_clone(json_get(keys, keyid));
	json_set_text(copy, "note", "again");
	json_set_value(keys, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		       copy);
	entry = json_member(json_member(root, "roles"), "root");
	json_add_text(json_member(entry, "keyids"),
		      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	forge_put_signed(&scene->forge, "2.root.json", root, roots, 2);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "is really");
}

static void two_signatures_of_one_key_are_refused(void **state)
{
	struct scene *scene = *state;
	const struct buffer *file = forge_file(&scene->forge, "timestamp.json");
	auto_json json_value *document = NULL;
	auto_buffer struct buffer text = BUFFER_INIT;

	assert_ok(json_parse(file->data, file->size, &document, &scene->err), scene->err);

	json_value *signatures = json_member(document, "signatures");

	json_add_value(signatures, json_clone(json_at(signatures, 0)));
	json_write(document, &text);
	forge_put(&scene->forge, "timestamp.json", text.data, text.size);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "two signatures of one key");
}

static void new_online_keys_end_a_fast_forward_attack(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key roots[] = { FORGE_ROOT_1, FORGE_ROOT_2 };
	json_value *root = forge_root(&scene->forge, 2, roots, 2, 2);
	int64_t version = scene->forge.timestamp.version;

	scene->forge.timestamp.version = VERSION_LIMIT;
	forge_publish(&scene->forge);
	assert_ok(update(scene), scene->err);
	scene->forge.timestamp.version = version + 1;
	forge_publish(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "replays");
	forge_role_key(&scene->forge, root, "timestamp", FORGE_STRANGER);
	forge_put_signed(&scene->forge, "2.root.json", root, roots, 2);
	scene->forge.timestamp.signer = FORGE_STRANGER;
	forge_publish(&scene->forge);
	assert_ok(update(scene), scene->err);
	assert_stored_timestamp(scene, version + 1);
}

/* The old key stays, so that what it signed before the rotation would still verify. */
static void what_was_seen_is_forgotten_even_if_the_old_key_stays(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key roots[] = { FORGE_ROOT_1, FORGE_ROOT_2 };
	json_value *root = forge_root(&scene->forge, 2, roots, 2, 2);
	json_value *more = forge_root(&scene->forge, 2, roots, 2, 2);
	int64_t version = scene->forge.timestamp.version;
	json_value *keyids;

	scene->forge.timestamp.version = VERSION_LIMIT;
	forge_publish(&scene->forge);
	assert_ok(update(scene), scene->err);
	forge_role_key(&scene->forge, more, "timestamp", FORGE_STRANGER);
	keyids = json_member(json_member(json_member(more, "roles"), "timestamp"), "keyids");
	json_add_value(keyids, json_clone(json_at(json_get(json_get(json_get(root, "roles"),
								    "timestamp"), "keyids"), 0)));
	json_free(root);
	forge_put_signed(&scene->forge, "2.root.json", more, roots, 2);
	scene->forge.timestamp.version = version + 1;
	forge_publish(&scene->forge);
	assert_ok(update(scene), scene->err);
	assert_stored_timestamp(scene, version + 1);
}

/* Signatures */

static void a_strangers_key_signs_nothing(void **state)
{
	struct scene *scene = *state;
	struct forge_document *const documents[] = {
		&scene->forge.timestamp, &scene->forge.snapshot, &scene->forge.targets,
		&scene->forge.stable,	 &scene->forge.revocations,
	};

	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		enum forge_key right = documents[i]->signer;

		documents[i]->signer = FORGE_STRANGER;
		forge_publish_next(&scene->forge);
		assert_fails(update(scene), scene->err, ERROR_VERIFY, "0 of the keys of role");
		documents[i]->signer = right;
	}
	forge_publish_next(&scene->forge);
	assert_ok(update(scene), scene->err);
}

static void one_signature_where_two_must_is_refused(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key one[] = { FORGE_ROOT_1 };

	put_root(scene, "2.root.json", 2, FORGE_ROOT_1, one, 1);
	assert_fails(update(scene), scene->err, ERROR_VERIFY,
		     "1 of the keys of role root signed, and 2");
}

static void a_changed_byte_breaks_the_signature(void **state)
{
	struct scene *scene = *state;
	const struct buffer *file = forge_file(&scene->forge, "timestamp.json");
	auto_buffer struct buffer changed = BUFFER_INIT;

	buffer_add(&changed, file->data, file->size);
	memcpy(strstr((char *)changed.data, "2026-"), "2029-", 5);
	forge_put(&scene->forge, "timestamp.json", changed.data, changed.size);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "0 of the keys of role timestamp");
}

static void the_key_of_one_ring_does_not_sign_for_another(void **state)
{
	struct scene *scene = *state;

	scene->forge.stable.signer = FORGE_EDGE;
	forge_publish_next(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "0 of the keys of role stable");
}

static void a_ring_does_not_list_what_is_anothers(void **state)
{
	struct scene *scene = *state;

	forge_add_module(&scene->forge, &scene->forge.edge, "stable/" BUILD_ID "/2-bad.ko",
			 BUILD_ID, 2, "bad", "bad module");
	forge_publish_next(&scene->forge);
	assert_fails(update_at(scene, "edge", FORGE_NOW), scene->err, ERROR_VERIFY,
		     "not trusted with");
	assert_ok(update(scene), scene->err);
	assert_null(find(scene, "stable/" BUILD_ID "/2-bad.ko"));
}

static void one_kind_of_document_does_not_pass_as_another(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key signer[] = { FORGE_TIMESTAMP };
	json_value *body = body_new("snapshot", 9, FORGE_NOW + MOMENT_DAY);

	json_set_object(body, "meta");
	forge_put_signed(&scene->forge, "timestamp.json", body, signer, 1);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "this is 'snapshot'");
}

/* Sizes */

static void a_target_of_another_length_or_content_is_refused(void **state)
{
	struct scene *scene = *state;
	const struct fetcher fetcher = fetcher_of_forge(&scene->forge);
	auto_buffer struct buffer module = BUFFER_INIT;
	auto_free char *name = NULL;

	assert_ok(update(scene), scene->err);
	name = target_file_name(find(scene, GOOD_PATH));
	forge_put(&scene->forge, name, "Good module", 11);
	assert_fails(trust_fetch_target(&fetcher, find(scene, GOOD_PATH), &module, &scene->err),
		     scene->err, ERROR_VERIFY, "digest");
	buffer_reset(&module);
	forge_put(&scene->forge, name, "good modul", 10);
	assert_fails(trust_fetch_target(&fetcher, find(scene, GOOD_PATH), &module, &scene->err),
		     scene->err, ERROR_VERIFY, "10 bytes");
	buffer_reset(&module);
	forge_put(&scene->forge, name, "good module and more", 20);
	assert_fails(trust_fetch_target(&fetcher, find(scene, GOOD_PATH), &module, &scene->err),
		     scene->err, ERROR_VERIFY, "larger than the limit of 11 bytes");
}

static void an_endless_answer_is_refused(void **state)
{
	struct scene *scene = *state;

	scene->forge.endless = true;
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "larger than the limit");
}

static void a_timestamp_over_its_limit_is_refused(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key signer[] = { FORGE_TIMESTAMP };
	auto_free char *padding = xmalloc(TIMESTAMP_LIMIT + 1);
	json_value *body = body_new("timestamp", 9, FORGE_NOW + MOMENT_DAY);

	memset(padding, 'x', TIMESTAMP_LIMIT);
	padding[TIMESTAMP_LIMIT] = 0;
	json_set_text(body, "padding", padding);
	forge_put_signed(&scene->forge, "timestamp.json", body, signer, 1);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "larger than the limit of 16384");
}

static void a_length_beyond_the_limit_is_not_even_fetched(void **state)
{
	struct scene *scene = *state;

	scene->forge.snapshot.claimed_length = (int64_t)SNAPSHOT_LIMIT + 1;
	forge_publish_next(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "and the limit is");
	scene->forge.snapshot.claimed_length = 0;
	scene->forge.stable.claimed_length = (int64_t)TARGETS_METADATA_LIMIT + 1;
	forge_publish_next(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "and the limit is");
}

static void noise_is_refused(void **state)
{
	struct scene *scene = *state;
	static const char *const noises[] = {
		"", "{", "null", "[]", "{}", "{\"signatures\":[],\"signed\":{}}",
		"{\"signatures\":{},\"signed\":{\"_type\":\"timestamp\"}}",
		"{\"signatures\":[1],\"signed\":{\"_type\":\"timestamp\"}}",
		"{\"signatures\":[],\"signed\":{\"_type\":\"timestamp\",\"spec_version\":\"2.0\"}}",
		"{\"signatures\":[],\"signed\":{\"_type\":\"timestamp\",\"spec_version\":\"1.0\","
		"\"version\":-1}}",
		"{\"signatures\":[],\"signed\":{\"_type\":\"timestamp\",\"spec_version\":\"1.0\","
		"\"version\":1.5}}",
		"{\"signatures\":[],\"signed\":{\"_type\":\"timestamp\",\"spec_version\":\"1.0\","
		"\"version\":1,\"expires\":\"never\"}}",
		"{\"signatures\":[],\"signatures\":[],\"signed\":{}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(noises); i++) {
		forge_put(&scene->forge, "timestamp.json", noises[i], strlen(noises[i]));
		if (update(scene) == 0)
			fail_msg("accepted: %s", noises[i]);
		assert_int_equal(scene->err.code, ERROR_VERIFY);
	}
}

/* Offers */

static void find_offers(struct scene *scene, struct offer_list *offers)
{
	const struct fetcher fetcher = fetcher_of_forge(&scene->forge);
	const struct targets *targets;

	assert_ok(update(scene), scene->err);
	assert_ok(trust_role(scene->trust, &fetcher, "stable", &targets, &scene->err), scene->err);
	assert_ok(offer_list_find("stable", targets, trust_revocations(scene->trust), BUILD_ID,
				  offers, &scene->err),
		  scene->err);
}

static void another_kernel_of_the_same_release_is_not_offered(void **state)
{
	struct scene *scene = *state;
	auto_offer_list struct offer_list offers = { 0 };

	forge_add_module(&scene->forge, &scene->forge.stable,
			 "stable/" OTHER_BUILD_ID "/5-newer.ko", OTHER_BUILD_ID, 5, "newer",
			 "for the rebuilt kernel");
	forge_publish_next(&scene->forge);
	find_offers(scene, &offers);
	assert_int_equal(offers.count, 1);
	assert_string_equal(offer_choose(&offers, "machine", FORGE_NOW)->name, "capable");
}

static void a_manifest_for_another_kernel_than_the_path_is_refused(void **state)
{
	struct scene *scene = *state;
	const struct fetcher fetcher = fetcher_of_forge(&scene->forge);
	auto_offer_list struct offer_list offers = { 0 };
	const struct targets *targets;

	forge_add_module(&scene->forge, &scene->forge.stable, "stable/" BUILD_ID "/5-newer.ko",
			 OTHER_BUILD_ID, 5, "newer", "for the rebuilt kernel");
	forge_publish_next(&scene->forge);
	assert_ok(update(scene), scene->err);
	assert_ok(trust_role(scene->trust, &fetcher, "stable", &targets, &scene->err), scene->err);
	assert_fails(offer_list_find("stable", targets, NULL, BUILD_ID, &offers, &scene->err),
		     scene->err, ERROR_VERIFY, "contradicts its manifest");
}

static void the_newest_level_is_chosen_and_a_revoked_one_is_not(void **state)
{
	struct scene *scene = *state;
	auto_offer_list struct offer_list before = { 0 };
	auto_offer_list struct offer_list after = { 0 };

	forge_add_module(&scene->forge, &scene->forge.stable, "stable/" BUILD_ID "/10-bad.ko",
			 BUILD_ID, 10, "bad", "bad module");
	forge_add_module(&scene->forge, &scene->forge.stable, "stable/" BUILD_ID "/9-fine.ko",
			 BUILD_ID, 9, "fine", "fine module");
	forge_publish_next(&scene->forge);
	find_offers(scene, &before);
	assert_string_equal(offer_choose(&before, "machine", FORGE_NOW)->name, "bad");
	forge_revoke(&scene->forge, "bad module");
	forge_publish_next(&scene->forge);
	find_offers(scene, &after);
	assert_string_equal(after.items[0].revoked, "it hangs");
	assert_string_equal(offer_choose(&after, "machine", FORGE_NOW)->name, "fine");
}

static void a_revoked_module_with_another_signature_is_still_revoked(void **state)
{
	struct scene *scene = *state;
	auto_offer_list struct offer_list offers = { 0 };
	json_value *target;

	/* Another file under the same manifest, as a new kernel signature makes it. */
	forge_revoke(&scene->forge, "good module");
	target = json_member(scene->forge.stable.targets, GOOD_PATH);
	json_set_text(json_member(target, "hashes"), "sha256",
		      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	forge_publish_next(&scene->forge);
	find_offers(scene, &offers);
	assert_null(offer_choose(&offers, "machine", FORGE_NOW));
}

static void a_module_that_is_not_its_manifests_is_refused(void **state)
{
	struct scene *scene = *state;
	auto_offer_list struct offer_list offers = { 0 };

	find_offers(scene, &offers);
	assert_ok(offer_check_module(&offers.items[0], "good module", 11, &scene->err), scene->err);
	assert_fails(offer_check_module(&offers.items[0], "bad module", 10, &scene->err),
		     scene->err, ERROR_VERIFY, "not the module of its manifest");
}

static void a_link_in_the_folder_is_not_followed(void **state)
{
	struct scene *scene = *state;
	const struct fetcher fetcher = fetcher_of_folder(scene->store);
	auto_buffer struct buffer data = BUFFER_INIT;
	auto_free char *link = path_join(scene->store, "timestamp.json");
	auto_free char *inner = path_join(scene->store, "targets");

	assert_int_equal(symlink("/etc/hostname", link), 0);
	assert_int_equal(symlink("/etc", inner), 0);
	assert_true(fetch_file(&fetcher, "timestamp.json", 1000, &data, &scene->err) < 0);
	assert_true(fetch_file(&fetcher, "targets/hostname", 1000, &data, &scene->err) < 0);
	assert_int_equal(data.size, 0);
	assert_ok(fetch_file(&fetcher, "root.json", ROOT_LIMIT, &data, &scene->err), scene->err);
}

static void a_pipe_in_the_folder_does_not_stop_us(void **state)
{
	struct scene *scene = *state;
	const struct fetcher fetcher = fetcher_of_folder(scene->store);
	auto_buffer struct buffer data = BUFFER_INIT;
	auto_free char *pipe = path_join(scene->store, "timestamp.json");

	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_fails(fetch_file(&fetcher, "timestamp.json", 1000, &data, &scene->err), scene->err,
		     ERROR_INVALID, "not a regular file");
}

static void a_revocation_cannot_be_taken_back(void **state)
{
	struct scene *scene = *state;
	auto_json json_value *empty = json_new_object();

	forge_revoke(&scene->forge, "good module");
	forge_publish_next(&scene->forge);
	assert_ok(update(scene), scene->err);
	json_free(scene->forge.revocations.targets);
	scene->forge.revocations.targets = json_clone(empty);
	forge_publish_next(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "cannot be taken back");
}

static void revocations_add_no_module(void **state)
{
	struct scene *scene = *state;

	forge_add_module(&scene->forge, &scene->forge.revocations, "stable/" BUILD_ID "/9-bad.ko",
			 BUILD_ID, 9, "bad", "bad module");
	forge_publish_next(&scene->forge);
	assert_fails(update(scene), scene->err, ERROR_VERIFY, "not trusted with");
}

/* The way */

static void a_server_that_is_away_changes_nothing(void **state)
{
	struct scene *scene = *state;

	assert_ok(update(scene), scene->err);
	scene->forge.offline = true;
	assert_fails(update(scene), scene->err, ERROR_TEMPORARY, "does not answer");
	scene->forge.offline = false;
	assert_ok(update(scene), scene->err);
}

static void a_missing_document_is_an_error(void **state)
{
	struct scene *scene = *state;
	static const char *const names[] = { "2.snapshot.json", "2.targets.json",
					     "2.revocations.json", "2.stable.json" };

	forge_remove(&scene->forge, "timestamp.json");
	assert_fails(update(scene), scene->err, ERROR_NOT_FOUND, "timestamp.json");
	/* In the order of fetching: what was fetched once is not asked for again. */
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		forge_publish(&scene->forge);
		forge_remove(&scene->forge, names[i]);
		assert_fails(update(scene), scene->err, ERROR_TEMPORARY, names[i]);
	}
}

static void a_fingerprint_finds_its_root_and_no_other(void **state)
{
	struct scene *scene = *state;
	const struct fetcher fetcher = fetcher_of_forge(&scene->forge);
	const struct buffer *root = forge_file(&scene->forge, "1.root.json");
	char fingerprint[DIGEST_HEX_SIZE];

	assert_ok(directory_remove(scene->store, &scene->err), scene->err);
	digest_bytes(root->data, root->size, fingerprint);
	fingerprint[3] = fingerprint[3] == 'a' ? 'b' : 'a';
	assert_fails(trust_begin_fingerprint(scene->store, &fetcher, fingerprint, &scene->err),
		     scene->err, ERROR_VERIFY, "no root of the repository");
	digest_bytes(root->data, root->size, fingerprint);
	assert_ok(trust_begin_fingerprint(scene->store, &fetcher, fingerprint, &scene->err),
		  scene->err);
	assert_ok(update(scene), scene->err);
}

static void trust_is_not_begun_anew_over_another_root(void **state)
{
	struct scene *scene = *state;
	struct forge other;
	const struct buffer *root;

	forge_init(&other);
	root = forge_file(&other, "1.root.json");
	assert_fails(trust_begin(scene->store, root->data, root->size, &scene->err), scene->err,
		     ERROR_INVALID, "trusts a root already");
	forge_clear(&other);
}

static void trust_does_not_begin_with_a_root_that_its_keys_did_not_sign(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key one[] = { FORGE_ROOT_1 };
	const struct buffer *root;

	put_root(scene, "forged", 1, FORGE_ROOT_1, one, 1);
	root = forge_file(&scene->forge, "forged");
	assert_ok(directory_remove(scene->store, &scene->err), scene->err);
	assert_fails(trust_begin(scene->store, root->data, root->size, &scene->err), scene->err,
		     ERROR_VERIFY, "1 of the keys of role root signed, and 2");
}

static void freshness_is_known_without_a_network(void **state)
{
	struct scene *scene = *state;
	struct freshness freshness;

	assert_ok(update(scene), scene->err);
	assert_ok(trust_freshness(scene->store, &freshness, &scene->err), scene->err);
	assert_int_equal(freshness.checked, FORGE_NOW);
	assert_int_equal(freshness.heard, FORGE_NOW);
	assert_int_equal(freshness.expires, FORGE_NOW + 2 * MOMENT_DAY);
	assert_int_equal(freshness.root_version, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_repository_is_accepted_and_its_target_fetched),
		TEST(an_update_is_accepted_and_so_is_no_update),
		TEST(a_replayed_timestamp_is_refused),
		TEST(a_new_timestamp_for_an_old_snapshot_is_refused),
		TEST(a_new_snapshot_with_an_old_ring_is_refused),
		TEST(a_snapshot_that_drops_a_ring_is_refused),
		TEST(an_expired_timestamp_is_stale_and_nothing_is_lost),
		TEST(a_timestamp_that_comes_expired_is_stale),
		TEST(an_expired_snapshot_is_stale),
		TEST(a_stored_snapshot_that_expired_is_stale_too),
		TEST(an_expired_ring_is_stale),
		TEST(an_expired_root_is_stale),
		TEST(a_clock_that_was_set_back_is_noticed),
		TEST(a_clock_that_was_far_ahead_does_not_lock_out),
		TEST(a_snapshot_under_anothers_name_is_refused),
		TEST(a_snapshot_without_hash_is_still_held_to_its_version),
		TEST(a_ring_of_another_snapshot_is_refused),
		TEST(two_rotations_are_followed),
		TEST(a_root_that_the_old_keys_did_not_sign_is_refused),
		TEST(a_root_that_its_own_keys_did_not_sign_is_refused),
		TEST(root_n_plus_two_in_place_of_n_plus_one_is_refused),
		TEST(root_n_plus_two_without_n_plus_one_is_not_reached),
		TEST(a_replayed_root_is_refused),
		TEST(one_key_under_two_names_counts_once),
		TEST(two_signatures_of_one_key_are_refused),
		TEST(new_online_keys_end_a_fast_forward_attack),
		TEST(what_was_seen_is_forgotten_even_if_the_old_key_stays),
		TEST(a_strangers_key_signs_nothing),
		TEST(one_signature_where_two_must_is_refused),
		TEST(a_changed_byte_breaks_the_signature),
		TEST(the_key_of_one_ring_does_not_sign_for_another),
		TEST(a_ring_does_not_list_what_is_anothers),
		TEST(one_kind_of_document_does_not_pass_as_another),
		TEST(a_target_of_another_length_or_content_is_refused),
		TEST(an_endless_answer_is_refused),
		TEST(a_timestamp_over_its_limit_is_refused),
		TEST(a_length_beyond_the_limit_is_not_even_fetched),
		TEST(noise_is_refused),
		TEST(another_kernel_of_the_same_release_is_not_offered),
		TEST(a_manifest_for_another_kernel_than_the_path_is_refused),
		TEST(the_newest_level_is_chosen_and_a_revoked_one_is_not),
		TEST(a_revoked_module_with_another_signature_is_still_revoked),
		TEST(a_module_that_is_not_its_manifests_is_refused),
		TEST(a_link_in_the_folder_is_not_followed),
		TEST(a_pipe_in_the_folder_does_not_stop_us),
		TEST(a_revocation_cannot_be_taken_back),
		TEST(revocations_add_no_module),
		TEST(a_server_that_is_away_changes_nothing),
		TEST(a_missing_document_is_an_error),
		TEST(a_fingerprint_finds_its_root_and_no_other),
		TEST(trust_is_not_begun_anew_over_another_root),
		TEST(trust_does_not_begin_with_a_root_that_its_keys_did_not_sign),
		TEST(freshness_is_known_without_a_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
