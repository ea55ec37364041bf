// SPDX-License-Identifier: GPL-2.0-or-later
/* Tokens and machines in a database of their own, without any network. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "server/database.h"
#include "server/event.h"
#include "server/machine.h"
#include "server/report.h"
#include "server/token.h"
#include "test.h"

#define NOW 1795352400

struct scene {
	char *folder;
	struct database *database;
	struct bearer token;
};

static int set_up(void **state)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));
	struct token_plan plan = { .ring = "beta", .uses = 1, .expires = NOW + 100 };
	char text[BEARER_TEXT_SIZE];
	struct error err;

	assert_ok(directory_make_temporary("/tmp", &scene->folder, &err), err);

	auto_free char *path = path_join(scene->folder, "fleet.db");

	assert_ok(database_open(path, 1000, &scene->database, &err), err);
	assert_ok(token_make(scene->database, &plan, NOW, &scene->token, text, &err), err);
	assert_true(bearer_parse(API_TOKEN_PREFIX, text, &scene->token));
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;
	struct error err;

	database_free(scene->database);
	assert_ok(directory_remove(scene->folder, &err), err);
	free(scene->folder);
	free(scene);
	return 0;
}

/* Enrols within a transaction of its own. */
static enum refusal enrol(struct scene *scene, const char *id, const struct bearer *proof,
			  int64_t now, struct bearer *ret_credential)
{
	enum refusal refusal = REFUSE_NOT_NOW;
	char text[BEARER_TEXT_SIZE] = "";
	struct machine machine;
	struct error err;

	assert_ok(database_begin(scene->database, true, &err), err);
	assert_ok(machine_enrol(scene->database, &scene->token, id, proof, now, &machine, text,
				&refusal, &err),
		  err);
	assert_ok(database_commit(scene->database, &err), err);
	if (refusal == REFUSE_NOTHING) {
		assert_string_equal(machine.id, id);
		assert_string_equal(machine.ring, "beta");
		assert_true(bearer_parse(API_CREDENTIAL_PREFIX, text, ret_credential));
	}
	return refusal;
}

static enum refusal use(struct scene *scene, const struct bearer *credential)
{
	enum refusal refusal = REFUSE_NOT_NOW;
	struct machine machine;
	struct error err;

	assert_ok(database_begin(scene->database, false, &err), err);
	assert_ok(machine_authenticate(scene->database, credential, &machine, &refusal, &err), err);
	assert_ok(database_commit(scene->database, &err), err);
	return refusal;
}

static void a_lost_answer_is_asked_for_again_until_the_credential_is_used(void **state)
{
	struct bearer first, second, third;

	assert_int_equal(enrol(*state, "machine-1", NULL, NOW, &first), REFUSE_NOTHING);
	assert_int_equal(enrol(*state, "machine-1", NULL, NOW, &second), REFUSE_NOTHING);
	assert_int_equal(use(*state, &first), REFUSE_CREDENTIAL_UNKNOWN);
	assert_int_equal(use(*state, &second), REFUSE_NOTHING);
	assert_int_equal(enrol(*state, "machine-1", NULL, NOW, &third), REFUSE_ALREADY_ENROLLED);
	assert_int_equal(use(*state, &second), REFUSE_NOTHING);
}

static void a_credential_that_is_shown_is_replaced_when_the_new_one_is_used(void **state)
{
	struct bearer old, new;

	assert_int_equal(enrol(*state, "machine-1", NULL, NOW, &old), REFUSE_NOTHING);
	assert_int_equal(use(*state, &old), REFUSE_NOTHING);
	assert_int_equal(enrol(*state, "machine-1", &old, NOW, &new), REFUSE_NOTHING);
	assert_int_equal(use(*state, &old), REFUSE_NOTHING);
	assert_int_equal(use(*state, &new), REFUSE_NOTHING);
	assert_int_equal(use(*state, &old), REFUSE_CREDENTIAL_UNKNOWN);
}

static void a_token_ends_with_its_uses_and_its_time(void **state)
{
	struct bearer credential;

	assert_int_equal(enrol(*state, "machine-1", NULL, NOW + 99, &credential), REFUSE_NOTHING);
	assert_int_equal(enrol(*state, "machine-2", NULL, NOW, &credential), REFUSE_TOKEN_USED_UP);
	assert_int_equal(enrol(*state, "machine-1", NULL, NOW + 100, &credential),
			 REFUSE_TOKEN_EXPIRED);
}

static void a_wrong_secret_of_a_right_id_is_unknown(void **state)
{
	struct scene *scene = *state;
	struct bearer credential;

	scene->token.hash[0] = scene->token.hash[0] == '0' ? '1' : '0';
	assert_int_equal(enrol(scene, "machine-1", NULL, NOW, &credential), REFUSE_TOKEN_UNKNOWN);
}

static void a_revoked_machine_stays_out_until_it_is_forgotten(void **state)
{
	struct scene *scene = *state;
	struct bearer credential;
	struct error err;

	assert_int_equal(enrol(scene, "machine-1", NULL, NOW, &credential), REFUSE_NOTHING);
	assert_ok(machine_revoke(scene->database, "machine-1", NOW, &err), err);
	assert_int_equal(use(scene, &credential), REFUSE_CREDENTIAL_UNKNOWN);
	assert_int_equal(enrol(scene, "machine-1", &credential, NOW, &credential),
			 REFUSE_MACHINE_REVOKED);
	assert_fails(machine_revoke(scene->database, "machine-1", NOW, &err), err, ERROR_NOTHING,
		     "before");
	assert_fails(machine_forget(scene->database, "machine-2", &err), err, ERROR_NOT_FOUND,
		     "machine-2");
	assert_ok(machine_forget(scene->database, "machine-1", &err), err);
	assert_int_equal(enrol(scene, "machine-1", NULL, NOW, &credential), REFUSE_TOKEN_USED_UP);
}

static void what_was_rolled_back_never_was(void **state)
{
	struct scene *scene = *state;
	enum refusal refusal;
	char text[BEARER_TEXT_SIZE];
	struct machine machine;
	struct bearer credential;
	struct error err;

	assert_ok(database_begin(scene->database, true, &err), err);
	assert_ok(machine_enrol(scene->database, &scene->token, "machine-1", NULL, NOW, &machine,
				text, &refusal, &err),
		  err);
	database_rollback(scene->database);
	assert_true(bearer_parse(API_CREDENTIAL_PREFIX, text, &credential));
	assert_int_equal(use(scene, &credential), REFUSE_CREDENTIAL_UNKNOWN);
	assert_int_equal(enrol(scene, "machine-2", NULL, NOW, &credential), REFUSE_NOTHING);
}

static void a_report_is_taken_with_what_a_newer_agent_may_say(void **state)
{
	static const char text[] = "{\"schema\":1,\"time\":5,\"kernel\":{\"release\":\"6.1\"},"
				   "\"protection\":{\"state\":\"ok\",\"level\":7},"
				   "\"freshness\":{\"state\":\"brand-new\"},\"more\":[1]}";
	auto_json json_value *value = NULL;
	struct report report;
	struct error err;

	(void)state;
	assert_ok(json_parse(text, strlen(text), &value, &err), err);
	assert_ok(report_parse(value, &report, &err), err);
	assert_string_equal(report.protection, "ok");
	assert_string_equal(report.freshness, "brand-new");
	assert_null(report.coverage);
	assert_int_equal(report.level, 7);
	json_set_text(json_member(value, "protection"), "state", "Brand new\n");
	assert_fails(report_parse(value, &report, &err), err, ERROR_INVALID, "protection");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lost_answer_is_asked_for_again_until_the_credential_is_used),
		TEST(a_credential_that_is_shown_is_replaced_when_the_new_one_is_used),
		TEST(a_token_ends_with_its_uses_and_its_time),
		TEST(a_wrong_secret_of_a_right_id_is_unknown),
		TEST(a_revoked_machine_stays_out_until_it_is_forgotten),
		TEST(what_was_rolled_back_never_was),
		TEST(a_report_is_taken_with_what_a_newer_agent_may_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
