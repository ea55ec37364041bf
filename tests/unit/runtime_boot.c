// SPDX-License-Identifier: GPL-2.0-or-later
/* What is kept for the next boot, and what is known after a boot that went down. Nothing is loaded:
 * the machine is a captured tree. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "made_module.h"
#include "runtime/boot.h"
#include "test.h"

#define BUILD_ID "0123456789abcdef"

static const char modinfo[] = "livepatch=Y\0name=lp_one\0suture.kernel_build_id=" BUILD_ID "\0"
			      "vermagic=6.1.0-1 SMP";

struct scene {
	char *folder, *store, *module, *tree;
	struct sysroot root;
};

static void write_file(const char *folder, const char *path, const void *data, size_t size)
{
	auto_free char *whole = xasprintf("%s%s", folder, path);
	auto_free char *parent = xstrndup(whole, (size_t)(strrchr(whole, '/') - whole));
	struct error err;

	assert_ok(directory_make(parent, &err), err);
	assert_ok(file_write(whole, data, size, 0644, false, &err), err);
}

/* A machine with the kernel that the module is for, in its second boot. */
static void make_tree(const char *tree)
{
	static const uint8_t notes[] = { 4, 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0,
					 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };

	write_file(tree, "/sys/kernel/notes", notes, sizeof(notes));
	write_file(tree, "/proc/sys/kernel/random/boot_id", "second\n", 7);
	write_file(tree, "/proc/cmdline", "quiet\n", 6);
}

static int set_up(void **state)
{
	static struct scene scene;
	auto_buffer struct buffer module = BUFFER_INIT;
	struct error err;

	assert_ok(directory_make_temporary("/tmp", &scene.folder, &err), err);
	scene.store = path_join(scene.folder, "store");
	scene.module = path_join(scene.folder, "lp_one.ko");
	scene.tree = path_join(scene.folder, "tree");
	make_module(&module, modinfo, sizeof(modinfo));
	assert_ok(file_write(scene.module, module.data, module.size, 0644, false, &err), err);
	make_tree(scene.tree);
	assert_ok(sysroot_open(scene.tree, &scene.root, &err), err);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;
	struct error err;

	sysroot_close(&scene->root);
	assert_ok(directory_remove(scene->folder, &err), err);
	free(scene->folder);
	free(scene->store);
	free(scene->module);
	free(scene->tree);
	return 0;
}

static void enable(const struct scene *scene)
{
	auto_free char *build_id = NULL;
	struct error err;

	assert_ok(boot_enable(&scene->root, scene->store, scene->module, &build_id, &err), err);
	assert_string_equal(build_id, BUILD_ID);
}

/* Puts another word in the place of one in the record. */
static void change_record(const struct scene *scene, const char *from, const char *to)
{
	auto_free char *path = xasprintf("%s/%s/lp_one.json", scene->store, BUILD_ID);
	auto_buffer struct buffer text = BUFFER_INIT, changed = BUFFER_INIT;
	struct error err;

	assert_ok(file_read(path, 65536, &text, &err), err);

	const char *found = strstr(buffer_text(&text), from);

	assert_non_null(found);
	buffer_add(&changed, text.data, (size_t)(found - buffer_text(&text)));
	buffer_printf(&changed, "%s%s", to, found + strlen(from));
	assert_ok(file_write_text(path, buffer_text(&changed), &err), err);
}

static enum boot_state state_of(const struct scene *scene)
{
	auto_boot_list struct boot_list list = { 0 };
	struct error err;

	assert_ok(boot_read(scene->store, &list, &err), err);
	assert_int_equal(list.count, 1);
	return list.items[0].state;
}

static struct boot_result apply(const struct scene *scene)
{
	struct boot_result result = { 0 };
	struct error err;

	assert_ok(boot_apply(&scene->root, scene->store, 1, NULL, &result, &err), err);
	return result;
}

static void what_was_enabled_is_kept_and_forgotten(void **state)
{
	const struct scene *scene = *state;
	struct error err;

	enable(scene);
	assert_int_equal(state_of(scene), BOOT_WAITING);
	assert_fails(boot_disable(scene->store, "other", NULL, &err), err, ERROR_NOT_FOUND, "other");
	assert_ok(boot_disable(scene->store, "lp_one", NULL, &err), err);
	assert_fails(boot_disable(scene->store, "lp_one", NULL, &err), err, ERROR_NOT_FOUND, "lp_one");
}

static void an_open_record_of_another_boot_means_a_crash(void **state)
{
	static const char *const open[] = { "loading", "probation" };
	const struct scene *scene = *state;

	for (size_t i = 0; i < ARRAY_SIZE(open); i++) {
		auto_free char *record = xasprintf("\"%s\",\n  \"boot_id\": \"first\"", open[i]);

		enable(scene);
		change_record(scene, "\"waiting\",\n  \"boot_id\": null", record);
		assert_int_equal(apply(scene).crashed, 1);
		assert_int_equal(state_of(scene), BOOT_CRASHED);
		assert_int_equal(apply(scene).crashed, 1); /* and it stays so */
	}
	enable(scene);
	assert_int_equal(state_of(scene), BOOT_WAITING);
}

/* The records of a boot that re-applied what an earlier one had committed, and lost its power. */
static void what_was_committed_once_is_given_up_after_the_second_unclean_end(void **state)
{
	const struct scene *scene = *state;
	auto_boot_list struct boot_list list = { 0 };
	struct error err;

	enable(scene);
	change_record(scene, "\"waiting\",\n  \"boot_id\": null",
		      "\"probation\",\n  \"boot_id\": \"first\"");
	change_record(scene, "\"committed\": false", "\"committed\": true");
	assert_int_equal(apply(scene).failed, 1); /* it was tried, and this tree takes nothing */
	assert_ok(boot_read(scene->store, &list, &err), err);
	assert_int_equal(list.items[0].attempt.unclean_ends, 1);
	assert_true(list.items[0].attempt.was_committed);
	change_record(scene, "\"failed\",\n  \"boot_id\": \"second\"",
		      "\"probation\",\n  \"boot_id\": \"first\"");
	assert_int_equal(apply(scene).crashed, 1);
	assert_int_equal(state_of(scene), BOOT_CRASHED);
}

static void a_record_of_an_older_version_was_committed_if_its_state_says_so(void **state)
{
	const struct scene *scene = *state;
	auto_boot_list struct boot_list list = { 0 };
	struct error err;

	enable(scene);
	change_record(scene, "\"waiting\"", "\"committed\"");
	change_record(scene, "  \"committed\": false,\n  \"unclean_ends\": 0,\n", "");
	assert_ok(boot_read(scene->store, &list, &err), err);
	assert_true(list.items[0].attempt.was_committed);
	assert_int_equal(list.items[0].attempt.unclean_ends, 0);
}

static void a_committed_record_of_another_boot_means_nothing(void **state)
{
	const struct scene *scene = *state;

	enable(scene);
	change_record(scene, "\"waiting\",\n  \"boot_id\": null",
		      "\"committed\",\n  \"boot_id\": \"first\"");
	assert_int_equal(apply(scene).crashed, 0);
}

static void an_orderly_end_closes_the_record_of_this_boot_only(void **state)
{
	const struct scene *scene = *state;
	struct error err;

	enable(scene);
	change_record(scene, "\"waiting\",\n  \"boot_id\": null",
		      "\"probation\",\n  \"boot_id\": \"first\"");
	assert_ok(boot_end(&scene->root, scene->store, &err), err);
	assert_int_equal(state_of(scene), BOOT_PROBATION);
	change_record(scene, "\"first\"", "\"second\"");
	assert_ok(boot_end(&scene->root, scene->store, &err), err);
	assert_int_equal(state_of(scene), BOOT_WAITING);
}

static void trouble_in_the_kernel_keeps_it_on_probation(void **state)
{
	const struct scene *scene = *state;
	struct error err;

	enable(scene);
	change_record(scene, "\"waiting\",\n  \"boot_id\": null",
		      "\"probation\",\n  \"boot_id\": \"second\"");
	write_file(scene->tree, "/proc/sys/kernel/tainted", "512\n", 4);
	assert_fails(boot_commit(&scene->root, scene->store, &err), err, ERROR_APPLY,
		     "kernel warning");
	assert_int_equal(state_of(scene), BOOT_PROBATION);
	write_file(scene->tree, "/proc/sys/kernel/tainted", "0\n", 2);
	assert_ok(boot_commit(&scene->root, scene->store, &err), err);
	assert_int_equal(state_of(scene), BOOT_COMMITTED);
}

static void the_kernel_s_command_line_can_stop_it(void **state)
{
	static const char *const lines[] = { "suture.mode=no-apply quiet", "a suture.mode=stop",
					     "suture.mode=of", "suture.mode=normal suture.mode=stop" };
	const struct scene *scene = *state;
	struct boot_result result;
	struct error err;

	enable(scene);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		write_file(scene->tree, "/proc/cmdline", lines[i], strlen(lines[i]));
		assert_fails(boot_apply(&scene->root, scene->store, 1, NULL, &result, &err), err,
			     ERROR_POLICY, "suture.mode=");
	}
	write_file(scene->tree, "/proc/cmdline", "suture.mode=no-refresh", 22);
	assert_int_equal(apply(scene).failed, 1); /* it is tried */
}

static void a_record_that_makes_no_sense_stops_everything(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "\"waiting\"", "\"wailing\"" },
		{ "\"lp_one\"", "\"lp_two\"" },
		{ BUILD_ID, "ffff" },
		{ "{", "" },
	};
	const struct scene *scene = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct boot_result result;
		struct error err;

		enable(scene);
		change_record(scene, cases[i].from, cases[i].to);
		assert_fails(boot_apply(&scene->root, scene->store, 1, NULL, &result, &err), err,
			     ERROR_INVALID, "lp_one.json");
	}
}

static void a_captured_tree_is_never_loaded_into(void **state)
{
	const struct scene *scene = *state;

	enable(scene);
	assert_int_equal(apply(scene).failed, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_enabled_is_kept_and_forgotten),
		TEST(an_open_record_of_another_boot_means_a_crash),
		TEST(what_was_committed_once_is_given_up_after_the_second_unclean_end),
		TEST(a_record_of_an_older_version_was_committed_if_its_state_says_so),
		TEST(a_committed_record_of_another_boot_means_nothing),
		TEST(an_orderly_end_closes_the_record_of_this_boot_only),
		TEST(trouble_in_the_kernel_keeps_it_on_probation),
		TEST(the_kernel_s_command_line_can_stop_it),
		TEST(a_record_that_makes_no_sense_stops_everything),
		TEST(a_captured_tree_is_never_loaded_into),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
