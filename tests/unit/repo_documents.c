// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/json.h"
#include "repo/documents.h"
#include "repo/moment.h"
#include "repo/rollout.h"
#include "seal/key.h"
#include "test.h"

#define SHA "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define FRAME(type, body)                                                               \
	"{\"signatures\":[],\"signed\":{\"_type\":\"" type "\",\"spec_version\":\"1.0.31\"," \
	"\"version\":1,\"expires\":\"2030-01-01T00:00:00Z\"," body "}}"

static struct metadata *frame(const char *type, const char *text)
{
	struct metadata *metadata = NULL;
	struct error err;

	assert_ok(metadata_parse(text, strlen(text), type, &metadata, &err), err);
	return metadata;
}

static void assert_root_refused(const char *text, const char *words)
{
	struct root *root;
	struct error err;

	assert_fails(root_parse(frame("root", text), &root, &err), err, ERROR_INVALID, words);
}

static void assert_targets_refused(const char *text, const char *words)
{
	struct targets *targets;
	struct error err;

	assert_fails(targets_parse(frame("targets", text), &targets, &err), err, ERROR_INVALID,
		     words);
}

#define ROLE(name, threshold) "\"" name "\":{\"keyids\":[],\"threshold\":" threshold "}"

static void a_root_has_every_role_and_consistent_snapshots(void **state)
{
	auto_root struct root *root = NULL;
	struct error err;

	(void)state;
	assert_ok(root_parse(frame("root", FRAME("root", "\"consistent_snapshot\":true,\"keys\":{},"
					"\"roles\":{" ROLE("root", "1") "," ROLE("targets", "1") ","
					ROLE("snapshot", "1") "," ROLE("timestamp", "2") "}")),
			     &root, &err), err);
	assert_int_equal(root->roles[ROLE_TIMESTAMP].threshold, 2);
	assert_root_refused(FRAME("root", "\"keys\":{},\"roles\":{}"), "consistent");
	assert_root_refused(
		FRAME("root",
		      "\"consistent_snapshot\":true,\"keys\":{},\"roles\":{" ROLE(
			      "root", "1") "," ROLE("targets", "1") "," ROLE("snapshot", "1") "}"),
		"timestamp");
	assert_root_refused(FRAME("root", "\"consistent_snapshot\":true,\"keys\":{},\"roles\":{"
				  ROLE("root", "0") "}"), "threshold");
	assert_root_refused(FRAME("root", "\"consistent_snapshot\":true,\"keys\":[],\"roles\":{}"),
			    "keys");
}

static void a_keyid_is_the_digest_of_its_key(void **state)
{
	uint8_t public[ED25519_PUBLIC_SIZE];
	auto_key struct key *key = NULL;
	char keyid[KEYID_SIZE];
	struct error err;

	(void)state;
	/* Computed apart from us: sha256 of {"keytype":"ed25519","keyval":{"public":
	 * "3d4017c3...660c"},"scheme":"ed25519"}. */
	assert_true(hex_decode("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
			       public, sizeof(public)));
	assert_ok(key_from_ed25519(public, &key, &err), err);
	assert_ok(keyid_of(key, keyid, &err), err);
	assert_string_equal(keyid,
			    "eaf1e23f6c823132f437a2eaa299a7950f7386631deff273db195bbd26209e2b");
}

static void a_key_of_an_unknown_kind_counts_for_nobody(void **state)
{
	static const char text[] = "{\"00\":{\"keytype\":\"rsa\",\"scheme\":\"rsassa-pss-sha256\","
				   "\"keyval\":{\"public\":\"x\"}}}";
	auto_json json_value *value = NULL;
	struct key_ring ring = { 0 };
	struct error err;

	(void)state;
	assert_ok(json_parse(text, strlen(text), &value, &err), err);
	assert_ok(key_ring_parse(value, &ring, &err), err);
	assert_null(key_ring_find(&ring, "00"));
	key_ring_clear(&ring);
}

static void a_timestamp_names_one_snapshot(void **state)
{
	auto_timestamp struct timestamp *timestamp = NULL;
	struct timestamp *none;
	struct error err;

	(void)state;
	assert_ok(timestamp_parse(
			  frame("timestamp",
				FRAME("timestamp",
				      "\"meta\":{\"snapshot.json\":"
				      "{\"version\":7,\"length\":10,\"hashes\":{\"sha256\":\"" SHA
				      "\"}}}")),
			  &timestamp, &err),
		  err);
	assert_int_equal(timestamp->snapshot.version, 7);
	assert_fails(
		timestamp_parse(frame("timestamp", FRAME("timestamp", "\"meta\":{}")), &none, &err),
		err, ERROR_INVALID, "snapshot.json");
	assert_fails(timestamp_parse(frame("timestamp", FRAME("timestamp",
				     "\"meta\":{\"snapshot.json\":{\"version\":0}}")), &none, &err),
		     err, ERROR_INVALID, "version");
	/* Hashes that we cannot check are not the same as none. */
	assert_fails(timestamp_parse(frame("timestamp",
					   FRAME("timestamp",
						 "\"meta\":{\"snapshot.json\":"
						 "{\"version\":1,\"hashes\":{\"md5\":\"00\"}}}")),
				     &none, &err),
		     err, ERROR_INVALID, "sha256");
	assert_fails(timestamp_parse(frame("timestamp",
					   FRAME("timestamp", "\"meta\":{\"snapshot.json\":"
							      "{\"version\":1,\"length\":-5}}")),
				     &none, &err),
		     err, ERROR_INVALID, "length");
}

static void a_snapshot_lists_versions(void **state)
{
	auto_snapshot struct snapshot *snapshot = NULL;
	struct error err;

	(void)state;
	assert_ok(snapshot_parse(frame("snapshot",
				       FRAME("snapshot",
					     "\"meta\":{\"targets.json\":"
					     "{\"version\":3},\"stable.json\":{\"version\":4}}")),
				 &snapshot, &err),
		  err);
	assert_int_equal(snapshot_find(snapshot, "stable")->version, 4);
	assert_int_equal(snapshot_find(snapshot, "stable")->length, -1);
	assert_null(snapshot_find(snapshot, "edge"));
}

static void a_version_is_a_whole_number_from_one_on(void **state)
{
	(void)state;
	for (const char *const *version =
		     (const char *const[]){ "0", "-1", "1.0", "\"1\"", "9007199254740992", NULL };
	     *version; version++) {
		auto_free char *text = xasprintf(
			"{\"signatures\":[],\"signed\":{\"_type\":\"root\","
			"\"spec_version\":\"1.0.31\",\"version\":%s,"
			"\"expires\":\"2030-01-01T00:00:00Z\"}}", *version);
		struct metadata *metadata;
		struct error err;

		assert_fails(metadata_parse(text, strlen(text), "root", &metadata, &err), err,
			     ERROR_INVALID, "version");
	}
}

static void a_path_cannot_leave_its_folder(void **state)
{
	(void)state;
	assert_true(is_target_path("stable/ab12/7-capable.ko"));
	for (const char *const *path =
		     (const char *const[]){ "", "/etc/passwd", "a/../b", "..", "a//b", "a/", "./a",
					    "a/.hidden", "a b", "a\\b", "a\n", "a?b", "%2e%2e",
					    NULL };
	     *path; path++)
		if (is_target_path(*path))
			fail_msg("accepted: '%s'", *path);
}

static void targets_are_well_formed(void **state)
{
	auto_targets struct targets *targets = NULL;
	struct error err;

	(void)state;
	assert_ok(targets_parse(frame("targets",
				      FRAME("targets", "\"targets\":{\"a/b\":{\"length\":3,"
						       "\"hashes\":{\"sha256\":\"" SHA "\"}}}")),
				&targets, &err),
		  err);
	assert_int_equal(targets_find(targets, "a/b")->length, 3);
	assert_targets_refused(FRAME("targets", "\"targets\":{\"../b\":{}}"),
			       "no path of a target");
	assert_targets_refused(FRAME("targets", "\"targets\":{\"b\":{\"length\":3}}"), "sha256");
	assert_targets_refused(FRAME("targets", "\"targets\":{\"b\":{\"hashes\":{\"sha256\":\"" SHA
				     "\"}}}"), "length");
	assert_targets_refused(FRAME("targets", "\"targets\":[]"), "targets");
}

#define DELEGATION(name) "{\"name\":\"" name "\",\"keyids\":[],\"threshold\":1," \
			 "\"terminating\":true,\"paths\":[\"" name "/*/*\"]}"

static void delegations_have_names_of_their_own(void **state)
{
	auto_targets struct targets *targets = NULL;
	struct error err;

	(void)state;
	assert_ok(targets_parse(frame("targets",
				      FRAME("targets",
					    "\"targets\":{},\"delegations\":"
					    "{\"keys\":{},\"roles\":[" DELEGATION("stable") "]}")),
				&targets, &err),
		  err);

	const struct delegation *stable = targets_find_delegation(targets, "stable");

	assert_true(delegation_covers(stable, "stable/ab/7-x.ko"));
	assert_false(delegation_covers(stable, "stable/7-x.ko"));
	assert_false(delegation_covers(stable, "stable/a/b/7-x.ko"));
	assert_false(delegation_covers(stable, "edge/ab/7-x.ko"));
	assert_targets_refused(
		FRAME("targets",
		      "\"targets\":{},\"delegations\":{\"keys\":{},\"roles\":[" DELEGATION(
			      "root") "]}"),
		"cannot be delegated");
	assert_targets_refused(
		FRAME("targets",
		      "\"targets\":{},\"delegations\":{\"keys\":{},\"roles\":[" DELEGATION(
			      "a") "," DELEGATION("a") "]}"),
		"two delegations");
	assert_targets_refused(
		FRAME("targets",
		      "\"targets\":{},\"delegations\":{\"keys\":{},\"roles\":[" DELEGATION(
			      "../x") "]}"),
		"no name of a role");
}

static void moments_are_exact(void **state)
{
	struct error err;
	int64_t moment;

	(void)state;
	assert_ok(moment_parse("2026-11-22T13:00:00Z", &moment, &err), err);
	assert_int_equal(moment, INT64_C(1795352400));
	for (const char *const *text = (const char *const[]){
		     "", "2026-11-22", "2026-11-22T13:00:00", "2026-11-22T13:00:00z",
		     "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T13:00:00+00:00",
		     " 026-11-22T13:00:00Z", "1969-12-31T23:59:59Z", NULL }; *text; text++)
		if (moment_parse(*text, &moment, &err) == 0)
			fail_msg("accepted: '%s'", *text);
}

static void a_rollout_grows_with_time(void **state)
{
	struct rollout rollout;
	struct error err;
	const int64_t from = 1000000;

	(void)state;
	assert_ok(rollout_parse_text("0.5%@0,10%@24h,100%@3d", from, &rollout, &err), err);
	assert_int_equal(rollout_share(&rollout, from - 1), 0);
	assert_int_equal(rollout_share(&rollout, from), 50);
	assert_int_equal(rollout_share(&rollout, from + 24 * MOMENT_HOUR), 1000);
	assert_int_equal(rollout_share(&rollout, from + 73 * MOMENT_HOUR), ROLLOUT_ALL);
	for (const char *const *text =
		     (const char *const[]){ "", "10", "10%", "110%@0", "10%@1w", "50%@0,10%@1h",
					    "10%@2h,20%@1h", "nan%@0", "-1%@0", NULL };
	     *text; text++)
		if (rollout_parse_text(*text, from, &rollout, &err) == 0)
			fail_msg("accepted: '%s'", *text);
}

static void a_share_of_the_machines_is_that_share(void **state)
{
	unsigned in = 0, again = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		auto_free char *id = xasprintf("machine-%d", i);

		in += rollout_place(id, SHA) < 1000;
		again += rollout_place(id, SHA) < 1000 && rollout_place(id, "another") < 1000;
	}
	/* Ten per cent of 20000, give or take five standard deviations; and for another module it
	 * is another tenth. */
	assert_in_range(in, 2000 - 212, 2000 + 212);
	assert_in_range(again, 200 - 71, 200 + 71);
}

static void a_rollout_reads_what_it_writes(void **state)
{
	auto_json json_value *value = json_new_object();
	struct rollout rollout, again;
	struct error err;

	(void)state;
	assert_ok(rollout_parse_text("1%@0,100%@2d", 86400, &rollout, &err), err);
	rollout_write(&rollout, value);
	assert_ok(rollout_parse(value, &again, &err), err);
	assert_int_equal(again.from, 86400);
	assert_int_equal(again.count, 2);
	assert_int_equal(again.steps[1].hours, 48);
	assert_int_equal(again.steps[1].share, ROLLOUT_ALL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_root_has_every_role_and_consistent_snapshots),
		cmocka_unit_test(a_keyid_is_the_digest_of_its_key),
		cmocka_unit_test(a_key_of_an_unknown_kind_counts_for_nobody),
		cmocka_unit_test(a_timestamp_names_one_snapshot),
		cmocka_unit_test(a_snapshot_lists_versions),
		cmocka_unit_test(a_version_is_a_whole_number_from_one_on),
		cmocka_unit_test(a_path_cannot_leave_its_folder),
		cmocka_unit_test(targets_are_well_formed),
		cmocka_unit_test(delegations_have_names_of_their_own),
		cmocka_unit_test(moments_are_exact),
		cmocka_unit_test(a_rollout_grows_with_time),
		cmocka_unit_test(a_share_of_the_machines_is_that_share),
		cmocka_unit_test(a_rollout_reads_what_it_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
