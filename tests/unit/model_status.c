// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "model/status.h"
#include "test.h"

static void fill(struct status *status)
{
	*status = (struct status){ .time = 1795353719, .taint = 45056, .ftrace_enabled = -1,
				   .tasks_left = -1 };
	status->kernel.release = xstrdup("6.1.0-56-cloud-amd64");
	status->taint_text = xstrdup("K livepatch");

	struct livepatch *patch = livepatch_add(&status->patches, "suture_one");

	patch->state = LIVEPATCH_APPLIED;
	patch->replace = 1;
	patch->since = 1795353000;
	patch->origin = xstrdup("suture");

	struct livepatch_object *object = livepatch_add_object(patch, "vmlinux");

	object->patched = 1;
	livepatch_add_function(object, "capable", 1)->effect = EFFECT_IN_EFFECT;
	livepatch_add_function(object, "twin", 2)->new_hits = 12;
	livepatch_add(&status->patches, "gone")->state = LIVEPATCH_LEFTOVER;
	status_conclude(status, true);
}

static char *text_of(const struct status *status)
{
	auto_json json_value *value = json_new_object();
	struct buffer text = BUFFER_INIT;

	status_write(status, value);
	json_write(value, &text);
	return buffer_steal_text(&text);
}

static void what_is_written_is_read_back(void **state)
{
	auto_status struct status first = { 0 }, second = { 0 };
	auto_json json_value *value = json_new_object();
	struct error err;

	(void)state;
	fill(&first);
	status_write(&first, value);
	assert_ok(status_parse(value, &second, &err), err);

	auto_free char *before = text_of(&first), *after = text_of(&second);

	assert_string_equal(before, after);
	assert_int_equal(second.patches.count, 2);
}

static void hostile_texts_are_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "[]", "schema" },
		{ "{\"schema\": 2}", "schema" },
		{ "{\"schema\": 1}", "must be an object" },
		{ "{\"schema\": 1, \"kernel\": {}, \"protection\": {\"state\": \"x\"}}", "protection" },
		{ "{\"schema\": 1, \"kernel\": {}, \"protection\": {\"state\": \"ok\"}, \"patches\": 1}",
		  "must be a list" },
		{ "{\"schema\": 1, \"kernel\": {}, \"protection\": {\"state\": \"ok\"}, \"patches\": "
		  "[{\"name\": \"a\", \"state\": \"odd\"}]}", "known state" },
		{ "{\"schema\": 1, \"kernel\": {}, \"protection\": {\"state\": \"ok\"}, \"patches\": "
		  "[{\"name\": \"a\", \"state\": \"applied\", \"objects\": [{}]}]}", "needs a name" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_json json_value *value = NULL;
		auto_status struct status status = { 0 };
		struct error err;

		assert_ok(json_parse(cases[i].text, strlen(cases[i].text), &value, &err), err);
		assert_fails(status_parse(value, &status, &err), err, ERROR_INVALID, cases[i].words);
	}
}

static void a_loaded_but_bypassed_patch_is_a_problem(void **state)
{
	auto_status struct status status = { 0 };

	(void)state;
	fill(&status);
	assert_int_equal(status.protection, PROTECTION_OK);
	status.patches.items[0].objects[0].functions[1].effect = EFFECT_BYPASSED;
	status_conclude(&status, true);
	assert_int_equal(status.protection, PROTECTION_PROBLEM);
	assert_non_null(strstr(status.reason, "suture_one"));
	status.patches.items[0].state = LIVEPATCH_REVERTING;
	status_conclude(&status, true);
	assert_int_equal(status.protection, PROTECTION_TRANSITION);
	status_conclude(&status, false);
	assert_int_equal(status.protection, PROTECTION_UNSUPPORTED);
}

static void leftovers_protect_from_nothing(void **state)
{
	auto_status struct status status = { 0 };

	(void)state;
	livepatch_add(&status.patches, "gone")->state = LIVEPATCH_LEFTOVER;
	status_conclude(&status, true);
	assert_int_equal(status.protection, PROTECTION_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(hostile_texts_are_refused),
		cmocka_unit_test(a_loaded_but_bypassed_patch_is_a_problem),
		cmocka_unit_test(leftovers_protect_from_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
