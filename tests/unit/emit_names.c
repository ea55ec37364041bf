// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/memory.h"
#include "emit/names.h"
#include "test.h"

static void a_name_is_as_long_as_livepatch_reads_it_and_no_longer(void **state)
{
	char object[57] = { 0 }, symbol[513] = { 0 };

	(void)state;
	memset(object, 'o', 55);
	memset(symbol, 's', 511);
	assert_true(klp_name_fits(object, symbol));
	object[55] = 'o';
	assert_false(klp_name_fits(object, symbol));
	object[55] = 0;
	symbol[511] = 's';
	assert_false(klp_name_fits(object, symbol));
}

static void a_name_has_no_character_that_ends_it_early(void **state)
{
	(void)state;
	assert_true(klp_name_fits("nf_conntrack", "find.isra.0"));
	assert_false(klp_name_fits("nf.conntrack", "find"));
	assert_false(klp_name_fits("nf_conntrack", "find,1"));
	assert_false(klp_name_fits("", "find"));
	assert_false(klp_name_fits("nf_conntrack", ""));
}

/* As the table of a kernel with thermal_genl_event_tz_delete() and others folded into one has it. */
static struct symbol symbols[] = {
	{ .name = "_text", .address = 0x1000, .type = 'T' },
	{ .name = "io_schedule_timeout", .address = 0x1000, .type = 'T' },
	{ .name = "__sched_text_start", .address = 0x1000, .type = 'T' },
	{ .name = "__pfx_event_delete", .address = 0x2000, .type = 't' },
	{ .name = "event", .address = 0x2000, .type = 't' },
	{ .name = "event_delete", .address = 0x2000, .type = 'T' },
	{ .name = "alone", .address = 0x3000, .type = 'T' },
};
static const struct symbol_table table = { .items = symbols, .count = ARRAY_SIZE(symbols) };

static struct elf_symbol own = { .name = "event_delete", .value = 16 };
static struct elf_symbol *own_symbols[] = { &own };
static const struct elf_section section = { .name = ".text", .symbols = own_symbols,
					    .symbol_count = 1 };
static struct elf_symbol twins[] = { { .name = "event", .value = 16 },
				     { .name = "event_delete", .value = 16 } };
static struct elf_symbol *twin_symbols[] = { &twins[0], &twins[1] };
static const struct elf_section twin_section = { .name = ".text", .symbols = twin_symbols,
						 .symbol_count = 2 };
static struct elf_symbol sleeper = { .name = "io_schedule_timeout", .value = 0 };
static struct elf_symbol *sleeper_symbols[] = { &sleeper };
static const struct elf_section sleeper_section = { .name = ".sched.text",
						    .symbols = sleeper_symbols,
						    .symbol_count = 1 };

static void a_function_of_another_unit_at_the_address_is_named(void **state)
{
	(void)state;
	assert_string_equal(shared_function(&table, 0x2000, &section, 16), "event");
	/* The unit gives it that name too, but elsewhere. */
	twins[0].value = 32;
	assert_string_equal(shared_function(&table, 0x2000, &twin_section, 16), "event");
	twins[0].value = 16;
}

static void the_units_own_names_and_marks_of_the_linker_are_nobody_else(void **state)
{
	(void)state;
	assert_null(shared_function(&table, 0x2000, &twin_section, 16));
	assert_null(shared_function(&table, 0x1000, &sleeper_section, 0));
	assert_null(shared_function(&table, 0x4000, &section, 16));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_as_long_as_livepatch_reads_it_and_no_longer),
		cmocka_unit_test(a_name_has_no_character_that_ends_it_early),
		cmocka_unit_test(a_function_of_another_unit_at_the_address_is_named),
		cmocka_unit_test(the_units_own_names_and_marks_of_the_linker_are_nobody_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
