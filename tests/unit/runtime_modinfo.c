// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "made_module.h"
#include "runtime/modinfo.h"
#include "test.h"

static const char modinfo[] = "license=GPL\0livepatch=Y\0name=lp-one\0suture.targets=a:1,b:2\0"
			      "vermagic=6.1.0 SMP";

static void a_module_says_what_it_is(void **state)
{
	auto_buffer struct buffer file = BUFFER_INIT;
	auto_modinfo struct modinfo info = { 0 };
	auto_text_list struct text_list targets = { 0 };
	struct error err;

	(void)state;
	make_module(&file, modinfo, sizeof(modinfo));
	assert_ok(modinfo_parse(file.data, file.size, &info, &err), err);
	assert_string_equal(info.name, "lp_one");
	assert_string_equal(info.build_id, "abcd");
	assert_true(modinfo_is_livepatch(&info));
	assert_false(info.is_signed);
	assert_string_equal(modinfo_get(&info, "vermagic"), "6.1.0 SMP");
	assert_null(modinfo_get(&info, "verm"));
	modinfo_get_all(&info, "suture.targets", &targets);
	assert_int_equal(targets.count, 2);
	assert_string_equal(targets.items[1], "b:2");
}

static void an_appended_signature_is_seen(void **state)
{
	auto_buffer struct buffer file = BUFFER_INIT;
	auto_modinfo struct modinfo info = { 0 };
	struct error err;

	(void)state;
	make_module(&file, modinfo, sizeof(modinfo));
	buffer_add_text(&file, "whatever~Module signature appended~\n");
	assert_ok(modinfo_parse(file.data, file.size, &info, &err), err);
	assert_true(info.is_signed);
}

/* Each length in memory of exactly that size, for the sanitizer's eyes. */
static void a_module_cut_anywhere_is_refused(void **state)
{
	auto_buffer struct buffer file = BUFFER_INIT;
	struct error err;

	(void)state;
	make_module(&file, modinfo, sizeof(modinfo));
	for (size_t size = 0; size < file.size; size++) {
		auto_free void *cut = xmemdup(file.data, size ? size : 1);
		auto_modinfo struct modinfo info = { 0 };

		if (modinfo_parse(cut, size, &info, &err) >= 0)
			fail_msg("%zu of %zu bytes were taken for a module", size, file.size);
	}
}

static void no_damaged_byte_makes_it_read_outside(void **state)
{
	auto_buffer struct buffer file = BUFFER_INIT;
	size_t taken = 0;

	(void)state;
	make_module(&file, modinfo, sizeof(modinfo));
	for (size_t i = 0; i < file.size; i++)
		for (unsigned value = 0; value < 256; value += 51) {
			auto_free uint8_t *copy = xmemdup(file.data, file.size);
			auto_modinfo struct modinfo info = { 0 };
			struct error err;

			copy[i] = (uint8_t)value;
			taken += modinfo_parse(copy, file.size, &info, &err) == 0;
		}
	assert_in_range(taken, 1, file.size * 6 - 1);
}

static void what_is_no_module_is_named_so(void **state)
{
	auto_modinfo struct modinfo info = { 0 };
	struct error err;

	(void)state;
	assert_fails(modinfo_parse("#!/bin/sh\n", 10, &info, &err), err, ERROR_INVALID,
		     "no ELF header");
}

static void a_note_longer_than_its_section_is_no_build_id(void **state)
{
	uint8_t damaged[sizeof(made_note)];

	(void)state;
	memcpy(damaged, made_note, sizeof(made_note));
	damaged[4] = 200;
	assert_null(notes_build_id(damaged, sizeof(damaged)));
	memset(damaged, 0xff, 12);
	assert_null(notes_build_id(damaged, sizeof(damaged)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_module_says_what_it_is),
		cmocka_unit_test(an_appended_signature_is_seen),
		cmocka_unit_test(a_module_cut_anywhere_is_refused),
		cmocka_unit_test(no_damaged_byte_makes_it_read_outside),
		cmocka_unit_test(what_is_no_module_is_named_so),
		cmocka_unit_test(a_note_longer_than_its_section_is_no_build_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
