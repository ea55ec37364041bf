// SPDX-License-Identifier: GPL-2.0-or-later
/* What fetcher, agent and administrator's commands tell each other by files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/advice.h"
#include "agent/config.h"
#include "agent/credential.h"
#include "agent/history.h"
#include "agent/last.h"
#include "agent/life.h"
#include "agent/mode.h"
#include "agent/place.h"
#include "agent/policy.h"
#include "base/file.h"
#include "test.h"

#define DIGEST_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static int set_up(void **state)
{
	struct error err;
	char *root;

	assert_ok(directory_make_temporary("/tmp", &root, &err), err);
	*state = root;
	return 0;
}

static int tear_down(void **state)
{
	struct error err;

	assert_ok(directory_remove(*state, &err), err);
	free(*state);
	return 0;
}

static void write_text(const char *root, enum place place, const char *text)
{
	auto_free char *path = place_path(root, place);
	struct error err;

	assert_ok(state_write_text(path, text, 0644, &err), err);
}

static void a_configuration_that_is_not_there_has_the_defaults(void **state)
{
	auto_config struct config config = { 0 };
	struct error err;

	assert_ok(config_read(*state, &config, &err), err);
	assert_null(config_text(&config, CONFIG_REPO));
	assert_int_equal(config_number(&config, CONFIG_PROBATION), 15);
	assert_string_equal(config_text(&config, CONFIG_MODE_WORD), "normal");
}

static void a_line_that_makes_no_sense_is_named(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "# well\nwhat = that\n", "line 2: there is no key 'what'" },
		{ "ring = stable\nring = beta", "line 2: ring is given twice" },
		{ "just words", "line 1: no 'key = value'" },
		{ "ring = golden", "'golden' is none of edge, beta" },
		{ "repo = ftp://a", "no http://, https:// or file:/// address" },
		{ "server = ftp://a", "no http:// or https:// address" },
		{ "repo = https://user:secret@a", "without user, password" },
		{ "interval_minutes = 0", "no whole number from 1 to 10080" },
		{ "window = 9-17", "no window such as" },
		{ "ca_file = a.pem", "no absolute path" },
		{ "mode = off", "is none of normal" },
		{ "root_fingerprint = 12", "no SHA-256" },
		{ "ring =", "no value" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_config struct config config = { 0 };
		struct error err;

		write_text(*state, PLACE_CONFIG, cases[i].text);
		assert_fails(config_read(*state, &config, &err), err, ERROR_INVALID,
			     cases[i].words);
	}
}

static void setting_a_key_leaves_the_other_lines_alone(void **state)
{
	auto_free char *path = place_path(*state, PLACE_CONFIG);
	auto_buffer struct buffer text = BUFFER_INIT;
	struct error err;

	write_text(*state, PLACE_CONFIG, "# mine\nring = beta\n\nproxy = http://p:1\n");
	assert_ok(config_set(*state, CONFIG_RING_NAME, "edge", &err), err);
	assert_ok(config_set(*state, CONFIG_SERVER, "https://s", &err), err);
	assert_ok(config_set(*state, CONFIG_PROXY, NULL, &err), err);
	assert_ok(file_read(path, 4096, &text, &err), err);
	assert_string_equal(buffer_text(&text), "# mine\nring = edge\n\nserver = https://s\n");
	assert_fails(config_set(*state, CONFIG_RING_NAME, "a\nb", &err), err, ERROR_INVALID,
		     "control character");
}

static void a_window_may_go_over_midnight(void **state)
{
	struct config config = { .values = { [CONFIG_APPLY_WINDOW] = "22:00-05:00" } };

	(void)state;
	assert_true(config_in_window(&config, 23 * 3600));
	assert_true(config_in_window(&config, 4 * 3600 + 59 * 60));
	assert_false(config_in_window(&config, 5 * 3600));
	assert_false(config_in_window(&config, 12 * 3600));
	config.values[CONFIG_APPLY_WINDOW] = "08:00-12:00";
	assert_true(config_in_window(&config, 8 * 3600));
	assert_false(config_in_window(&config, 12 * 3600));
}

static void the_more_careful_mode_counts(void **state)
{
	static const struct {
		const char *line;
		char *word;
		const char *comes_to;
	} cases[] = {
		{ "quiet", "normal", "normal" },
		{ "suture.mode=no-apply", "normal", "no-apply" },
		{ "suture.mode=no-apply", "no-refresh", "stop" },
		{ "suture.mode=normal", "no-refresh", "no-refresh" },
		{ "suture.mode=typo", "normal", "stop" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_free char *proc = path_join(*state, "proc");
		auto_free char *path = path_join(proc, "cmdline");
		struct config config = { .values = { [CONFIG_MODE_WORD] = cases[i].word } };
		auto_sysroot struct sysroot root = { .fd = -1 };
		struct mode mode;
		struct error err;

		assert_ok(directory_make(proc, &err), err);
		assert_ok(file_write_text(path, cases[i].line, &err), err);
		assert_ok(sysroot_open(*state, &root, &err), err);
		mode_read(&root, &config, &mode);
		assert_string_equal(mode.name, cases[i].comes_to);
	}
}

static void a_credential_that_others_may_read_is_not_used(void **state)
{
	const struct credential credential = { .machine_id = "abc", .secret = "s3cret" };
	auto_credential struct credential read = { 0 };
	auto_free char *path = place_path(*state, PLACE_CREDENTIAL);
	struct error err;

	assert_fails(credential_read(*state, &read, &err), err, ERROR_NOT_FOUND, "cannot read");
	assert_ok(credential_write(*state, &credential, &err), err);
	assert_ok(credential_read(*state, &read, &err), err);
	assert_string_equal(read.secret, "s3cret");
	credential_clear(&read);
	assert_int_equal(chmod(path, 0644), 0);
	assert_fails(credential_read(*state, &read, &err), err, ERROR_PERMISSION, "by others");
	assert_null(strstr(err.msg, "s3cret"));
}

static void a_credential_cannot_smuggle_in_a_header(void **state)
{
	const struct credential credential = { .machine_id = "abc", .secret = "a\r\nX: y" };
	struct error err;

	assert_fails(credential_write(*state, &credential, &err), err, ERROR_INVALID,
		     "no credential");
}

static void fill_life(struct life *life, int64_t level)
{
	memcpy(life->module_sha256, DIGEST_B, DIGEST_HEX_SIZE);
	life->name = xasprintf("fix-%d", (int)level);
	life->module = xasprintf("suture_fix_%d", (int)level);
	life->build_id = xstrdup("0123");
	life->level = level;
	life->state = LIFE_PROBATION;
	life->attempt.boot_id = xstrdup("first");
	life->attempt.taint = 1 << 15;
	text_list_add(&life->cves, "CVE-2026-0001");
}

static void a_life_comes_back_as_it_was_written(void **state)
{
	auto_life_list struct life_list list = { 0 };
	auto_life_list struct life_list read = { 0 };
	size_t count;
	struct error err;

	fill_life(life_add(&list, DIGEST_A), 1);
	fill_life(life_add(&list, DIGEST_B), 2);
	assert_ok(life_write(*state, &list.items[0], &err), err);
	assert_ok(life_write(*state, &list.items[1], &err), err);
	assert_ok(life_list_read(*state, &read, &err), err);
	assert_int_equal(read.count, 2);
	assert_int_equal(read.items[0].level, 2);
	assert_true(life_is_applied(&read.items[0], "first"));
	assert_false(life_is_applied(&read.items[0], "second"));
	assert_int_equal(read.items[0].attempt.taint, 1 << 15);
	assert_string_equal(read.items[0].cves.items[0], "CVE-2026-0001");
	assert_ptr_equal(life_search(&read, "0123", "1", &count), &read.items[1]);
	assert_ptr_equal(life_search(&read, NULL, "fix-2", &count), &read.items[0]);
	assert_ptr_equal(life_search(&read, NULL, "aaaaaaaa", &count), &read.items[1]);
	assert_null(life_search(&read, NULL, "bbbbbbbb", &count));
	assert_int_equal(count, 2);
	assert_ok(life_remove(*state, &list.items[0], &err), err);
}

static void the_newest_life_of_a_kernel_tells_until_when_it_is_served(void **state)
{
	auto_life_list struct life_list list = { 0 };
	auto_life_list struct life_list read = { 0 };
	struct error err;

	fill_life(life_add(&list, DIGEST_A), 1);
	fill_life(life_add(&list, DIGEST_B), 2);
	list.items[0].is_offered = true;
	list.items[0].served_until = 1798761599;
	list.items[1].served_until = 1830297599;
	assert_ok(life_write(*state, &list.items[0], &err), err);
	assert_ok(life_write(*state, &list.items[1], &err), err);
	assert_ok(life_list_read(*state, &read, &err), err);
	assert_int_equal(life_newest(&read, "0123", true)->served_until, 1798761599);
	assert_int_equal(life_newest(&read, "0123", false)->served_until, 1830297599);
	assert_null(life_newest(&read, "4567", false));
	assert_null(life_newest(&read, NULL, false));
}

static void a_life_that_makes_no_sense_stops_everything(void **state)
{
	static const char *const texts[] = {
		"", "{}", "[]", "{\"format\": 1, \"sha256\": \"" DIGEST_B "\"}",
		"{\"format\": 1, \"sha256\": \"" DIGEST_A "\", \"module_sha256\": \"" DIGEST_B
		"\", \"name\": \"n\", \"module\": \"m\", \"build_id\": \"0\", \"level\": 1, "
		"\"state\": \"immortal\"}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		auto_free char *path = place_file(*state, PLACE_PATCHES, DIGEST_A ".life");
		auto_life_list struct life_list list = { 0 };
		struct error err;

		assert_ok(state_write_text(path, texts[i], 0644, &err), err);
		assert_int_equal(life_list_read(*state, &list, &err), -1);
		assert_int_equal(err.code, ERROR_INVALID);
	}
}

static void history_is_numbered_bounded_and_forgives_half_a_line(void **state)
{
	auto_free char *path = place_path(*state, PLACE_HISTORY);
	auto_free char *long_text = xcalloc(1, 60001);
	auto_json json_value *events = NULL;
	struct stat info;
	struct error err;
	FILE *file;

	assert_ok(history_add(*state, "enabled", NULL, "first", &err), err);
	file = fopen(path, "a");
	fputs("{\"seq\": 2, \"ti", file);
	fclose(file);
	assert_ok(history_add(*state, "applied", NULL, "second", &err), err);
	assert_ok(history_read(*state, 0, 10, &events, &err), err);
	assert_int_equal(json_count(events), 2);
	assert_int_equal(json_get_int(json_at(events, 1), "seq", 0), 2);
	memset(long_text, 'x', 60000);
	for (int i = 0; i < 40; i++)
		assert_ok(history_add(*state, "applied", NULL, long_text, &err), err);
	assert_int_equal(stat(path, &info), 0);
	assert_true(info.st_size <= 1 << 20);
	json_free(steal_ptr(events));
	assert_ok(history_read(*state, 40, 10, &events, &err), err);
	assert_int_equal(json_count(events), 2);
	assert_int_equal(json_get_int(json_at(events, 1), "seq", 0), 42);
}

static void a_policy_comes_back_and_nonsense_is_refused(void **state)
{
	auto_policy struct policy policy = { .pin_level = 3, .pin_build_id = xstrdup("0123") };
	auto_policy struct policy read = { .pin_level = -1 };
	struct error err;

	text_list_add(&policy.blocked, DIGEST_A);
	assert_ok(policy_write(*state, &policy, &err), err);
	assert_ok(policy_read(*state, &read, &err), err);
	assert_int_equal(policy_pin(&read, "0123"), 3);
	assert_int_equal(policy_pin(&read, "4567"), -1);
	assert_true(text_list_has(&read.blocked, DIGEST_A));
	write_text(*state, PLACE_POLICY, "{\"pin\": {\"level\": 3}}");
	policy_clear(&read);
	assert_fails(policy_read(*state, &read, &err), err, ERROR_INVALID, "a pin without");
}

static void advice_takes_only_what_makes_sense(void **state)
{
	auto_advice struct advice advice = { .pin = -1 };
	struct error err;

	write_text(*state, PLACE_ADVICE, "{\"ring\": \"../beta\", \"pin\": -7, \"interval\": 1}");
	assert_ok(advice_read(*state, &advice, &err), err);
	assert_null(advice.ring);
	assert_int_equal(advice.pin, -1);
	assert_int_equal(advice.interval, 0);
	write_text(*state, PLACE_ADVICE, "{\"ring\": \"beta\", \"pin\": 0, \"interval\": 600}");
	assert_ok(advice_read(*state, &advice, &err), err);
	assert_string_equal(advice.ring, "beta");
	assert_int_equal(advice.pin, 0);
	assert_int_equal(advice.interval, 600);
}

static void waiting_grows_and_keeps_to_what_the_server_asked(void **state)
{
	(void)state;
	assert_int_equal(last_next(1000, 0, 0, 3600, 0), 4600);
	assert_int_equal(last_next(1000, 1, 0, 3600, 0), 1060);
	assert_int_equal(last_next(1000, 3, 0, 3600, 0), 1240);
	assert_int_equal(last_next(1000, 60, 0, 3600, 0), 4600);
	assert_int_equal(last_next(1000, 1, 7200, 3600, 0), 8200);
	assert_in_range(last_next(1000, 0, 0, 3600, 0xffffffff), 4600, 5500);
}

static void a_link_in_the_place_of_a_state_file_is_not_followed(void **state)
{
	auto_free char *path = place_path(*state, PLACE_LAST);
	auto_free char *folder = place_path(*state, PLACE_FETCH);
	auto_last struct last last = { 0 };
	struct error err;

	assert_ok(directory_make(folder, &err), err);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_fails(last_read(*state, &last, &err), err, ERROR_SYSTEM, "cannot read");
}

static void a_machine_has_a_name_that_does_not_tell_its_id(void **state)
{
	static const char id[] = "0123456789abcdef0123456789abcdef\n";
	auto_free char *none = machine_identity(*state);

	assert_null(none);
	write_text(*state, PLACE_MACHINE_ID, id);

	auto_free char *name = machine_identity(*state);

	assert_int_equal(strlen(name), 32);
	assert_int_not_equal(strncmp(name, id, 32), 0);
}

static void a_lock_is_its_owners_and_waiting_for_it_ends(void **state)
{
	auto_free char *path = place_path(*state, PLACE_AGENT_LOCK);
	auto_close int first = -1;
	struct error err;
	struct stat info;
	int second;

	assert_ok(state_lock(*state, PLACE_AGENT_LOCK, 0, &first, &err), err);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_fails(state_lock(*state, PLACE_AGENT_LOCK, 1, &second, &err), err, ERROR_TEMPORARY,
		     "another run holds");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_configuration_that_is_not_there_has_the_defaults),
		TEST(a_line_that_makes_no_sense_is_named),
		TEST(setting_a_key_leaves_the_other_lines_alone),
		TEST(a_window_may_go_over_midnight),
		TEST(the_more_careful_mode_counts),
		TEST(a_credential_that_others_may_read_is_not_used),
		TEST(a_credential_cannot_smuggle_in_a_header),
		TEST(a_life_comes_back_as_it_was_written),
		TEST(the_newest_life_of_a_kernel_tells_until_when_it_is_served),
		TEST(a_life_that_makes_no_sense_stops_everything),
		TEST(history_is_numbered_bounded_and_forgives_half_a_line),
		TEST(a_policy_comes_back_and_nonsense_is_refused),
		TEST(advice_takes_only_what_makes_sense),
		TEST(waiting_grows_and_keeps_to_what_the_server_asked),
		TEST(a_link_in_the_place_of_a_state_file_is_not_followed),
		TEST(a_lock_is_its_owners_and_waiting_for_it_ends),
		TEST(a_machine_has_a_name_that_does_not_tell_its_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
