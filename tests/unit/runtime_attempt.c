// SPDX-License-Identifier: GPL-2.0-or-later
/* What an unclean end says of the patch that was being tried. */
#include "runtime/attempt.h"

#include "base/memory.h"
#include "test.h"

static void an_attempt_belongs_to_its_boot(void **state)
{
	struct attempt attempt = { 0 };

	(void)state;
	assert_false(attempt_is_of(&attempt, "first"));
	assert_false(attempt_is_of(&attempt, NULL));
	attempt_begin(&attempt, "first", 1 << 9);
	assert_true(attempt_is_of(&attempt, "first"));
	assert_false(attempt_is_of(&attempt, "second"));
	assert_int_equal(attempt.taint, 1 << 9);
	attempt_clear(&attempt);
}

static void what_was_never_committed_is_given_up_at_once(void **state)
{
	struct attempt attempt = { 0 };

	(void)state;
	assert_non_null(attempt_end_uncleanly(&attempt, true));
}

static void what_was_committed_is_given_up_at_once_if_it_was_being_loaded(void **state)
{
	struct attempt attempt = { 0 };

	(void)state;
	attempt_commit(&attempt);
	assert_non_null(attempt_end_uncleanly(&attempt, false));
}

static void what_was_committed_is_given_up_the_second_time(void **state)
{
	struct attempt attempt = { 0 };

	(void)state;
	attempt_commit(&attempt);
	assert_null(attempt_caution(&attempt));
	assert_null(attempt_end_uncleanly(&attempt, true));
	assert_non_null(attempt_caution(&attempt));
	assert_non_null(attempt_end_uncleanly(&attempt, true));
}

static void being_committed_again_begins_the_count_anew(void **state)
{
	struct attempt attempt = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		attempt_commit(&attempt);
		assert_null(attempt_end_uncleanly(&attempt, true));
	}
	assert_non_null(attempt_end_uncleanly(&attempt, true));
	attempt_forgive(&attempt);
	assert_null(attempt_caution(&attempt));
	assert_null(attempt_end_uncleanly(&attempt, true));
}

static void a_warning_speaks_against_a_new_patch_and_not_against_a_committed_one(void **state)
{
	const uint64_t warning = 1 << 9, livepatch = 1 << 15;
	const uint64_t grave[] = { 1 << 5, 1 << 7, 1 << 14 };
	struct attempt attempt = { 0 };

	(void)state;
	assert_int_equal(attempt_trouble(&attempt, warning | livepatch), warning);
	attempt_commit(&attempt);
	assert_int_equal(attempt_trouble(&attempt, warning | livepatch), 0);
	for (size_t i = 0; i < ARRAY_SIZE(grave); i++)
		assert_int_equal(attempt_trouble(&attempt, warning | grave[i]), grave[i]);
	attempt.taint = 1 << 7; /* it was there before */
	assert_int_equal(attempt_trouble(&attempt, 1 << 7), 0);
}

static void a_record_brings_it_all_back(void **state)
{
	auto_json json_value *record = json_new_object();
	struct attempt attempt = { 0 }, read;

	(void)state;
	attempt_commit(&attempt);
	attempt_begin(&attempt, "first", 1 << 9);
	assert_null(attempt_end_uncleanly(&attempt, true));
	attempt_report(&attempt, record);
	attempt_parse(record, &read);
	assert_string_equal(read.boot_id, "first");
	assert_int_equal(read.taint, 1 << 9);
	assert_true(read.was_committed);
	assert_int_equal(read.unclean_ends, 1);
	attempt_clear(&attempt);
	attempt_clear(&read);
}

static void a_record_of_before_there_was_a_count_has_none(void **state)
{
	auto_json json_value *record = json_new_object();
	struct attempt read;

	(void)state;
	json_set_bool(record, "committed", true);
	attempt_parse(record, &read);
	assert_int_equal(read.unclean_ends, 0);
	assert_null(attempt_end_uncleanly(&read, true));
}

static void a_count_that_makes_no_sense_speaks_against_it(void **state)
{
	static const int64_t counts[] = { -1, INT64_MIN, INT64_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		auto_json json_value *record = json_new_object();
		struct attempt read;

		json_set_bool(record, "committed", true);
		json_set_int(record, "unclean_ends", counts[i]);
		attempt_parse(record, &read);
		assert_non_null(attempt_end_uncleanly(&read, true));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_attempt_belongs_to_its_boot),
		cmocka_unit_test(what_was_never_committed_is_given_up_at_once),
		cmocka_unit_test(what_was_committed_is_given_up_at_once_if_it_was_being_loaded),
		cmocka_unit_test(what_was_committed_is_given_up_the_second_time),
		cmocka_unit_test(being_committed_again_begins_the_count_anew),
		cmocka_unit_test(a_warning_speaks_against_a_new_patch_and_not_against_a_committed_one),
		cmocka_unit_test(a_record_brings_it_all_back),
		cmocka_unit_test(a_record_of_before_there_was_a_count_has_none),
		cmocka_unit_test(a_count_that_makes_no_sense_speaks_against_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
