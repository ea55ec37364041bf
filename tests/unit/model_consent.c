// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/memory.h"
#include "model/consent.h"
#include "test.h"

static struct finding_list findings(void)
{
	struct finding_list list = { 0 };

	finding_add(&list, RULE_LAYOUT_CHANGED, "a.c", "struct foo", NULL, "moved");
	finding_add(&list, RULE_LAYOUT_CHANGED, "a.c", "struct bar", NULL, "moved");
	finding_add(&list, RULE_DATA_CHANGED, "a.c", "struct foo", NULL, "no type, but named so");
	finding_add(&list, RULE_LOCK_CHANGED, "a.c", "f", NULL, "mutex_lock once more");
	return list;
}

static void a_layout_is_accepted_by_name_and_with_a_reason(void **state)
{
	auto_finding_list struct finding_list list = findings();
	auto_consent_list struct consent_list consents = { 0 };
	auto_text_list struct text_list unused = { 0 };
	struct error err;

	(void)state;
	assert_ok(consent_add_layout(&consents, "struct_foo=all of them are on stacks", &err), err);
	assert_ok(consent_add_layout(&consents, "struct baz=never there", &err), err);
	consent_apply(&consents, &list);
	assert_int_equal(list.items[0].verdict, RULE_WARN);
	assert_string_equal(list.items[0].reason, "all of them are on stacks");
	assert_int_equal(list.items[1].verdict, RULE_REFUSE);
	assert_null(list.items[1].reason);
	assert_int_equal(list.items[2].verdict, RULE_REFUSE);
	consent_list_unused(&consents, &unused);
	assert_int_equal(unused.count, 1);
	assert_non_null(strstr(unused.items[0], "struct baz"));
	assert_fails(finding_list_error(&list, &err), err, ERROR_REFUSED, "struct bar");
}

static void a_hint_is_signed_off_and_stays_a_warning(void **state)
{
	auto_finding_list struct finding_list list = findings();
	auto_consent_list struct consent_list consents = { 0 };
	struct error err;

	(void)state;
	assert_ok(consent_add_sign_off(&consents, "lock-changed:f=f=only caller of it", &err), err);
	consent_apply(&consents, &list);
	assert_int_equal(list.items[3].verdict, RULE_WARN);
	assert_string_equal(list.items[3].reason, "f=only caller of it");

	auto_free char *text = finding_text(&list.items[3]);

	assert_non_null(strstr(text, "only caller of it"));
}

static void what_has_no_reason_or_refuses_is_not_taken(void **state)
{
	auto_consent_list struct consent_list consents = { 0 };
	struct error err;

	(void)state;
	assert_fails(consent_add_layout(&consents, "struct foo", &err), err, ERROR_USAGE, "reason");
	assert_fails(consent_add_layout(&consents, "struct foo= ", &err), err, ERROR_USAGE, "reason");
	assert_fails(consent_add_layout(&consents, "=why", &err), err, ERROR_USAGE, "reason");
	assert_fails(consent_add_sign_off(&consents, "data-changed:x=y", &err), err, ERROR_USAGE,
		     "refuses");
	assert_fails(consent_add_sign_off(&consents, "no-such-rule:x=y", &err), err, ERROR_USAGE,
		     "RULE:FUNCTION=REASON");
	assert_fails(consent_add_sign_off(&consents, "lock-changed=y", &err), err, ERROR_USAGE,
		     "RULE:FUNCTION=REASON");
	assert_int_equal(consents.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_layout_is_accepted_by_name_and_with_a_reason),
		cmocka_unit_test(a_hint_is_signed_off_and_stays_a_warning),
		cmocka_unit_test(what_has_no_reason_or_refuses_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
