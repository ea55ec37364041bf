// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "model/module_name.h"
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

static void a_function_that_waits_for_its_module_is_not_called_in_effect(void **state)
{
	auto_status struct status status = { 0 };

	(void)state;
	fill(&status);
	assert_string_equal(status.reason, "every livepatch is in effect");

	struct livepatch_object *object = livepatch_add_object(&status.patches.items[0], "virtio_net");

	object->patched = 0;
	livepatch_add_function(object, "virtnet_poll", 0)->effect = EFFECT_WAITING;
	status_conclude(&status, true);
	assert_int_equal(status.protection, PROTECTION_OK);
	assert_string_equal(status.reason, "every livepatch is applied; 1 function waits for "
					   "virtio_net, which is not loaded");
	object = livepatch_add_object(&status.patches.items[0], "zram");
	object->patched = 0;
	livepatch_add_function(object, "zram_open", 0)->effect = EFFECT_WAITING;
	status_conclude(&status, true);
	assert_non_null(strstr(status.reason, "2 functions wait for modules"));
}

static void a_function_that_waits_for_ever_is_a_problem_with_its_reason(void **state)
{
	auto_status struct status status = { 0 };

	(void)state;
	fill(&status);

	struct livepatch_function *function = &status.patches.items[0].objects[0].functions[0];

	function->effect = EFFECT_ABSENT;
	function->evidence = xstrdup("it never comes");
	status_conclude(&status, true);
	assert_int_equal(status.protection, PROTECTION_PROBLEM);
	assert_string_equal(status.reason,
			    "suture_one: the function is not redirected (it never comes)");
}

static void a_name_that_no_module_has_is_told_with_the_right_one(void **state)
{
	auto_free char *dash = module_name_problem("virtio-net");
	auto_free char *kernel = module_name_problem("vmlinux");

	(void)state;
	assert_null(module_name_problem("virtio_net"));
	assert_string_equal(dash, "no module is called virtio-net: the kernel spells it virtio_net");
	assert_non_null(strstr(kernel, "klp_object.name is NULL"));
}

static void functions_of_one_name_are_told_apart_by_their_position(void **state)
{
	auto_status struct status status = { 0 };
	struct livepatch *patch;

	(void)state;
	fill(&status);
	patch = &status.patches.items[0];
	assert_true(livepatch_has_at(patch, "vmlinux", "twin", 2));
	assert_false(livepatch_has_at(patch, "vmlinux", "twin", 1));
	assert_false(livepatch_has_at(patch, "vmlinux", "twin", 3));
	assert_false(livepatch_has_at(patch, "zram", "twin", 2));
	assert_true(livepatch_has_at(patch, "vmlinux", "capable", 0)); /* the only one */
	assert_true(livepatch_has_at(patch, "vmlinux", "capable", 1));
	assert_int_equal(livepatch_count_named(patch, "twin"), 1);
	livepatch_add_function(&patch->objects[0], "twin", 3);
	assert_int_equal(livepatch_count_named(patch, "twin"), 2);
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
		cmocka_unit_test(a_function_that_waits_for_its_module_is_not_called_in_effect),
		cmocka_unit_test(a_function_that_waits_for_ever_is_a_problem_with_its_reason),
		cmocka_unit_test(a_name_that_no_module_has_is_told_with_the_right_one),
		cmocka_unit_test(functions_of_one_name_are_told_apart_by_their_position),
		cmocka_unit_test(leftovers_protect_from_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
