// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The agent against an incoming folder that somebody else fills: whoever took over the fetcher, the
 * server or the way to it. Each test is an attack of its own; what is in force stays in force.
 * The kernel is a folder: that nothing but the right thing is handed to it is the point.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/place.h"
#include "agent/report.h"
#include "base/file.h"
#include "forge.h"
#include "made_module.h"
#include "repo/metadata.h"
#include "repo/moment.h"
#include "runtime/modinfo.h"
#include "test.h"

#define BUILD_ID "0123456789abcdef"
#define OTHER_BUILD_ID "fedcba9876543210"

struct scene {
	struct forge forge;
	char *root, *incoming;
	struct buffer one, two;
	int64_t now;
	struct error err;
};

static const char *kernel_root;

static int load(const struct sysroot *root, const char *label, const void *data, size_t size,
		unsigned wait_seconds, const struct progress *progress, struct load_result *result,
		struct error *err)
{
	auto_modinfo struct modinfo info = { 0 };
	auto_free char *folder = NULL;
	auto_free char *enabled = NULL;

	(void)root;
	(void)label;
	(void)wait_seconds;
	(void)progress;
	(void)result;
	assert_ok(modinfo_parse(data, size, &info, err), *err);
	folder = xasprintf("%s/sys/kernel/livepatch/%s", kernel_root, info.name);
	enabled = path_join(folder, "enabled");
	assert_ok(directory_make(folder, err), *err);
	return file_write_text(enabled, "1\n", err);
}

static int unload(const struct sysroot *root, const char *name, unsigned wait_seconds,
		  const struct progress *progress, struct load_result *result, struct error *err)
{
	auto_free char *folder = xasprintf("%s/sys/kernel/livepatch/%s", kernel_root, name);

	(void)root;
	(void)wait_seconds;
	(void)progress;
	(void)result;
	return directory_remove(folder, err);
}

static const struct loader loader = { .load = load, .unload = unload };

static void write_file(const char *root, const char *name, const void *data, size_t size)
{
	auto_free char *path = path_join(root, name);
	auto_free char *folder = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	struct error err;

	assert_ok(directory_make(folder, &err), err);
	assert_ok(file_write(path, data, size, 0644, false, &err), err);
}

static void write_text(const char *root, const char *name, const char *text)
{
	write_file(root, name, text, strlen(text));
}

static void make_machine(const char *root, const char *fingerprint)
{
	static const uint8_t notes[] = { 4, 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0,
					 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
	auto_free char *config = xasprintf("repo = https://r\nroot_fingerprint = %s\n", fingerprint);
	auto_free char *livepatch = path_join(root, "sys/kernel/livepatch");
	struct error err;

	assert_ok(directory_make(livepatch, &err), err);
	write_file(root, "sys/kernel/notes", notes, sizeof(notes));
	write_text(root, "proc/sys/kernel/random/boot_id", "first\n");
	write_text(root, "proc/sys/kernel/osrelease", "6.1.0-56-cloud-amd64\n");
	write_text(root, "proc/sys/kernel/tainted", "0\n");
	write_text(root, "proc/uptime", "100.00 1.00\n");
	write_text(root, "etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	write_text(root, "etc/suture/suture.conf", config);
}

static void make_patch(struct buffer *file, const char *name)
{
	static const char words[] = "livepatch=Y\0suture.kernel_build_id=" BUILD_ID;
	auto_buffer struct buffer all = BUFFER_INIT;

	buffer_add(&all, words, sizeof(words));
	buffer_printf(&all, "name=%s", name);
	make_module(file, (const char *)all.data, all.size + 1);
}

static void offer(struct scene *scene, int64_t level, const struct buffer *module, const char *name)
{
	auto_free char *path = xasprintf("stable/" BUILD_ID "/%d-%s.ko", (int)level, name);

	forge_add_bytes(&scene->forge, &scene->forge.stable, path, BUILD_ID, level, name,
			module->data, module->size);
}

/* All that the server has, as the fetcher's user could put it there. */
static void put_incoming(struct scene *scene)
{
	assert_ok(directory_remove(scene->incoming, &scene->err), scene->err);
	for (size_t i = 0; i < map_count(scene->forge.files); i++) {
		const struct buffer *data = map_value(scene->forge.files, i);

		if (data)
			write_file(scene->incoming, map_key(scene->forge.files, i), data->data,
				   data->size);
	}
}

static int run(struct scene *scene)
{
	struct agent_options options = { .root = scene->root, .loader = &loader,
					 .now = scene->now };
	unsigned probation;

	put_incoming(scene);
	return agent_run(&options, &probation, &scene->err);
}

static bool is_loaded(const struct scene *scene, const char *name)
{
	auto_free char *path = xasprintf("%s/sys/kernel/livepatch/%s", scene->root, name);

	return is_directory(path);
}

/* Level 1 is in force. */
static int set_up(void **state)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));
	/* The agent syncs what it writes; a disk has nothing to add to these tests. */
	const char *scratch = is_directory("/dev/shm") ? "/dev/shm" : "/tmp";
	char fingerprint[DIGEST_HEX_SIZE];
	const struct buffer *root;

	*state = scene;
	scene->now = FORGE_NOW;
	assert_ok(directory_make_temporary(scratch, &scene->root, &scene->err), scene->err);
	kernel_root = scene->root;
	scene->incoming = place_path(scene->root, PLACE_INCOMING);
	forge_init(&scene->forge);
	root = forge_file(&scene->forge, "1.root.json");
	digest_bytes(root->data, root->size, fingerprint);
	make_machine(scene->root, fingerprint);
	make_patch(&scene->one, "one");
	make_patch(&scene->two, "two");
	offer(scene, 1, &scene->one, "one");
	forge_publish_next(&scene->forge);
	assert_ok(run(scene), scene->err);
	assert_true(is_loaded(scene, "one"));
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;
	struct error ignored;

	forge_clear(&scene->forge);
	buffer_clear(&scene->one);
	buffer_clear(&scene->two);
	directory_remove(scene->root, &ignored);
	free(scene->root);
	free(scene->incoming);
	free(scene);
	return 0;
}

/* The attack came to nothing: level 1 is in force, level 2 is not, and the report says why. */
static void assert_held_off(struct scene *scene, enum error_code code, const char *words,
			    const char *freshness)
{
	auto_json json_value *report = NULL;
	struct error err;

	assert_fails(run(scene), scene->err, code, words);
	assert_true(is_loaded(scene, "one"));
	assert_false(is_loaded(scene, "two"));
	assert_ok(report_read(scene->root, &report, &err), err);
	assert_string_equal(json_get_text(json_get(report, "protection"), "state", ""), "ok");
	assert_string_equal(json_get_text(json_get(report, "freshness"), "state", ""), freshness);
	assert_non_null(strstr(json_get_text(json_get(report, "freshness"), "reason", ""), words));
}

static void offer_two(struct scene *scene)
{
	offer(scene, 2, &scene->two, "two");
	forge_publish_next(&scene->forge);
}

static void a_good_update_is_applied(void **state)
{
	struct scene *scene = *state;

	offer_two(scene);
	assert_ok(run(scene), scene->err);
	assert_true(is_loaded(scene, "two"));
}

static void a_replayed_timestamp_is_refused(void **state)
{
	struct scene *scene = *state;

	forge_copy(&scene->forge, "timestamp.json", "old");
	forge_publish_next(&scene->forge);
	assert_ok(run(scene), scene->err);
	forge_copy(&scene->forge, "old", "timestamp.json");
	assert_held_off(scene, ERROR_VERIFY, "replays", "problem");
}

static void a_replayed_snapshot_is_refused(void **state)
{
	struct scene *scene = *state;

	forge_publish_next(&scene->forge);
	assert_ok(run(scene), scene->err);
	scene->forge.snapshot.version = 2;
	scene->forge.timestamp.version = 9;
	forge_publish(&scene->forge);
	assert_held_off(scene, ERROR_VERIFY, "goes back to snapshot 2", "problem");
}

static void a_replayed_ring_is_refused(void **state)
{
	struct scene *scene = *state;

	forge_publish_next(&scene->forge);
	assert_ok(run(scene), scene->err);
	forge_publish_next(&scene->forge);
	scene->forge.stable.version = 1;
	forge_publish(&scene->forge);
	assert_held_off(scene, ERROR_VERIFY, "goes back to version 1 of stable.json", "problem");
}

static void expired_metadata_are_stale_and_the_patch_stays(void **state)
{
	struct scene *scene = *state;

	scene->now = FORGE_NOW + 3 * MOMENT_DAY;
	assert_held_off(scene, ERROR_STALE, "expired", "stale");
	scene->now = FORGE_NOW + 1000 * MOMENT_DAY;
	assert_held_off(scene, ERROR_STALE, "expired", "stale");
}

static void what_came_after_it_expired_is_not_applied(void **state)
{
	struct scene *scene = *state;

	offer_two(scene);
	scene->now = FORGE_NOW + 3 * MOMENT_DAY;
	assert_held_off(scene, ERROR_STALE, "expired", "stale");
}

static void mixed_snapshots_are_refused(void **state)
{
	struct scene *scene = *state;

	forge_copy(&scene->forge, "2.stable.json", "old");
	offer_two(scene);
	forge_copy(&scene->forge, "old", "3.stable.json");
	assert_held_off(scene, ERROR_VERIFY, "were signed for", "problem");
}

static void root_n_plus_two_without_n_plus_one_is_not_reached(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key roots[] = { FORGE_ROOT_1, FORGE_ROOT_2 };
	json_value *third = forge_root(&scene->forge, 3, roots, 2, 2);

	forge_role_key(&scene->forge, third, "timestamp", FORGE_STRANGER);
	forge_put_signed(&scene->forge, "3.root.json", third, roots, 2);
	scene->forge.timestamp.signer = FORGE_STRANGER;
	offer_two(scene);
	assert_held_off(scene, ERROR_VERIFY, "timestamp.json", "problem");
}

static void too_few_signatures_are_refused(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key roots[] = { FORGE_ROOT_1, FORGE_ROOT_2 };

	forge_put_signed(&scene->forge, "2.root.json", forge_root(&scene->forge, 2, roots, 2, 2),
			 roots, 1);
	offer_two(scene);
	assert_held_off(scene, ERROR_VERIFY, "1 of the keys of role root signed, and 2", "problem");
}

static void the_key_of_one_ring_does_not_sign_for_another(void **state)
{
	struct scene *scene = *state;

	scene->forge.stable.signer = FORGE_EDGE;
	offer_two(scene);
	assert_held_off(scene, ERROR_VERIFY, "0 of the keys of role stable", "problem");
}

/* Where the signed bytes of level 2 lie. */
static char *two_file(const struct scene *scene)
{
	struct target target = { .path = "stable/" BUILD_ID "/2-two.ko" };

	digest_bytes(scene->two.data, scene->two.size, target.sha256);
	return target_file_name(&target);
}

static void other_bytes_than_the_signed_ones_are_not_loaded(void **state)
{
	struct scene *scene = *state;
	auto_free char *name = two_file(scene);

	offer_two(scene);
	forge_put(&scene->forge, name, scene->one.data, scene->one.size);
	assert_held_off(scene, ERROR_VERIFY, "digest", "problem");
	forge_put(&scene->forge, name, scene->two.data, scene->two.size - 1);
	assert_held_off(scene, ERROR_VERIFY, "bytes", "problem");
	forge_put(&scene->forge, name, scene->two.data, scene->two.size);
	assert_ok(run(scene), scene->err);
	assert_true(is_loaded(scene, "two"));
}

static void a_patch_for_another_kernel_is_not_taken(void **state)
{
	struct scene *scene = *state;

	forge_add_bytes(&scene->forge, &scene->forge.stable, "stable/" OTHER_BUILD_ID "/2-two.ko",
			OTHER_BUILD_ID, 2, "two", scene->two.data, scene->two.size);
	forge_publish_next(&scene->forge);
	assert_ok(run(scene), scene->err);
	assert_true(is_loaded(scene, "one"));
	assert_false(is_loaded(scene, "two"));
}

static void a_manifest_for_another_kernel_than_its_path_is_refused(void **state)
{
	struct scene *scene = *state;

	forge_add_bytes(&scene->forge, &scene->forge.stable, "stable/" BUILD_ID "/2-two.ko",
			OTHER_BUILD_ID, 2, "two", scene->two.data, scene->two.size);
	forge_publish_next(&scene->forge);
	assert_held_off(scene, ERROR_VERIFY, "contradicts its manifest", "problem");
}

static void a_module_for_another_kernel_than_its_manifest_is_refused(void **state)
{
	struct scene *scene = *state;
	static const char words[] = "livepatch=Y\0name=two\0suture.kernel_build_id=" OTHER_BUILD_ID;

	buffer_reset(&scene->two);
	make_module(&scene->two, words, sizeof(words));
	offer_two(scene);
	assert_held_off(scene, ERROR_VERIFY, "the module is for the kernel", "problem");
}

static void a_module_that_calls_itself_otherwise_is_refused(void **state)
{
	struct scene *scene = *state;

	buffer_reset(&scene->two);
	make_patch(&scene->two, "ext4");
	offer_two(scene);
	assert_held_off(scene, ERROR_VERIFY, "the module calls itself ext4", "problem");
}

static void a_revoked_patch_is_taken_off_and_does_not_come_again(void **state)
{
	struct scene *scene = *state;

	forge_revoke_bytes(&scene->forge, scene->one.data, scene->one.size);
	forge_publish_next(&scene->forge);
	assert_ok(run(scene), scene->err);
	assert_false(is_loaded(scene, "one"));
	assert_ok(run(scene), scene->err);
	assert_false(is_loaded(scene, "one"));
}

static void a_revocation_that_vanishes_is_refused(void **state)
{
	struct scene *scene = *state;

	forge_revoke_bytes(&scene->forge, scene->two.data, scene->two.size);
	offer_two(scene);
	assert_ok(run(scene), scene->err);
	assert_false(is_loaded(scene, "two"));
	json_free(scene->forge.revocations.targets);
	scene->forge.revocations.targets = json_new_object();
	forge_publish_next(&scene->forge);
	assert_held_off(scene, ERROR_VERIFY, "was revoked and is not any more", "problem");
}

static void metadata_over_their_limit_are_refused(void **state)
{
	struct scene *scene = *state;
	static const enum forge_key signer[] = { FORGE_TIMESTAMP };
	auto_free char *padding = xmalloc(TIMESTAMP_LIMIT + 1);
	json_value *body = body_new("timestamp", 9, FORGE_NOW + MOMENT_DAY);

	memset(padding, 'x', TIMESTAMP_LIMIT);
	padding[TIMESTAMP_LIMIT] = 0;
	json_set_text(body, "padding", padding);
	forge_put_signed(&scene->forge, "timestamp.json", body, signer, 1);
	assert_held_off(scene, ERROR_VERIFY, "larger than the limit of 16384", "problem");
}

static void a_clock_that_was_set_back_is_noticed(void **state)
{
	struct scene *scene = *state;

	offer_two(scene);
	scene->now = FORGE_NOW - 30 * MOMENT_DAY;
	assert_held_off(scene, ERROR_STALE, "the clock is wrong", "stale");
}

static void noise_is_refused(void **state)
{
	struct scene *scene = *state;
	static const char *const noises[] = { "", "{", "null", "{\"signatures\": [], \"signed\": 7}" };

	for (size_t i = 0; i < ARRAY_SIZE(noises); i++) {
		forge_put(&scene->forge, "timestamp.json", noises[i], strlen(noises[i]));
		assert_held_off(scene, ERROR_VERIFY, "timestamp.json", "problem");
	}
}

static void an_empty_folder_takes_nothing_off(void **state)
{
	struct scene *scene = *state;

	forge_remove(&scene->forge, "timestamp.json");
	assert_ok(run(scene), scene->err);
	assert_true(is_loaded(scene, "one"));
}

static void a_link_out_of_the_folder_is_not_followed(void **state)
{
	struct scene *scene = *state;
	auto_free char *path = path_join(scene->incoming, "timestamp.json");
	struct agent_options options = { .root = scene->root, .loader = &loader,
					 .now = scene->now };
	unsigned probation;

	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(agent_run(&options, &probation, &scene->err), -1);
	assert_null(strstr(scene->err.msg, "root:"));
	assert_true(is_loaded(scene, "one"));
}

static void advice_of_a_liar_can_only_hold_back(void **state)
{
	struct scene *scene = *state;

	write_text(scene->root, "var/lib/suture-fetch/advice.json",
		   "{\"ring\": \"/etc\", \"pin\": -5, \"level\": 99}");
	offer_two(scene);
	assert_ok(run(scene), scene->err);
	assert_true(is_loaded(scene, "two"));
}

/* "refused because of nonsense" must be about this patch only where the nonsense is signed. */
static void a_record_that_makes_no_sense_loads_nothing(void **state)
{
	struct scene *scene = *state;
	auto_free char *name = xasprintf("var/lib/suture/patches/%064d.life", 0);

	write_text(scene->root, name, "{}");
	offer_two(scene);
	assert_fails(run(scene), scene->err, ERROR_INVALID, "no record of this patch");
	assert_true(is_loaded(scene, "one"));
	assert_false(is_loaded(scene, "two"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_update_is_applied),
		TEST(a_replayed_timestamp_is_refused),
		TEST(a_replayed_snapshot_is_refused),
		TEST(a_replayed_ring_is_refused),
		TEST(expired_metadata_are_stale_and_the_patch_stays),
		TEST(what_came_after_it_expired_is_not_applied),
		TEST(mixed_snapshots_are_refused),
		TEST(root_n_plus_two_without_n_plus_one_is_not_reached),
		TEST(too_few_signatures_are_refused),
		TEST(the_key_of_one_ring_does_not_sign_for_another),
		TEST(other_bytes_than_the_signed_ones_are_not_loaded),
		TEST(a_patch_for_another_kernel_is_not_taken),
		TEST(a_manifest_for_another_kernel_than_its_path_is_refused),
		TEST(a_module_for_another_kernel_than_its_manifest_is_refused),
		TEST(a_module_that_calls_itself_otherwise_is_refused),
		TEST(a_revoked_patch_is_taken_off_and_does_not_come_again),
		TEST(a_revocation_that_vanishes_is_refused),
		TEST(metadata_over_their_limit_are_refused),
		TEST(a_clock_that_was_set_back_is_noticed),
		TEST(noise_is_refused),
		TEST(an_empty_folder_takes_nothing_off),
		TEST(a_link_out_of_the_folder_is_not_followed),
		TEST(advice_of_a_liar_can_only_hold_back),
		TEST(a_record_that_makes_no_sense_loads_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
