// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "elf/fentry.h"
#include "test.h"

static const char source[] =
	"int variable;\n"
	"void traced(void) { variable++; }\n"
	"__attribute__((no_instrument_function)) void untraced(void) { variable++; }\n"
	/* The nop that objtool writes, and nobody has listed it. */
	"__attribute__((no_instrument_function)) void idle(void)\n"
	"{ asm volatile(\".byte 0x0f, 0x1f, 0x44, 0x00, 0x00\"); }\n";

/* The object of that source, compiled with the flags besides: words, with spaces between. */
static struct object *compile(const char *flags)
{
	auto_free char *folder = NULL, *path = NULL;
	auto_text_list struct text_list argv = { 0 };
	struct object *object;
	struct error err;

	assert_ok(directory_make_temporary("/tmp", &folder, &err), err);
	path = path_join(folder, "a.o");
	text_list_split(&argv, "gcc -O2 -fno-pic -fno-pie -ffunction-sections -xc -c - -o", " ");
	text_list_add(&argv, path);
	text_list_split(&argv, flags, " ");

	struct process_spec spec = { .argv = (const char *const *)argv.items, .input = source,
				     .input_size = sizeof(source) - 1 };

	assert_ok(process_run_ok(&spec, NULL, &err), err);
	assert_ok(object_read(path, 0, &object, &err), err);
	assert_ok(directory_remove(folder, &err), err);
	return object;
}

static bool begins(const struct object *object, const char *name)
{
	const struct elf_symbol *symbol = object_find_symbol(object, name);

	assert_non_null(symbol);
	assert_non_null(symbol->section);
	return fentry_begins(object, symbol->section, symbol->value);
}

static void assert_only_traced(const char *flags)
{
	auto_object struct object *object = compile(flags);

	assert_true(begins(object, "traced"));
	assert_false(begins(object, "untraced"));
	assert_false(begins(object, "idle"));
}

static void a_call_of_fentry_is_one(void **state)
{
	(void)state;
	assert_only_traced("-pg -mfentry -fcf-protection=none");
	assert_only_traced("-pg -mfentry -mrecord-mcount -fcf-protection=none");
}

static void one_behind_endbr_is_one(void **state)
{
	(void)state;
	assert_only_traced("-pg -mfentry -fcf-protection=branch");
}

static void a_nop_is_one_if_it_is_listed(void **state)
{
	(void)state;
	assert_only_traced("-pg -mfentry -mrecord-mcount -mnop-mcount -fcf-protection=none");
	assert_only_traced("-pg -mfentry -mrecord-mcount -mnop-mcount -fcf-protection=branch");
}

static void a_nop_that_is_not_listed_is_none(void **state)
{
	auto_object struct object *object =
		compile("-pg -mfentry -mnop-mcount -fcf-protection=none");

	(void)state;
	assert_false(begins(object, "traced"));
}

static void places_outside_of_the_section_are_none(void **state)
{
	auto_object struct object *object = compile("-pg -mfentry -fcf-protection=none");
	const struct elf_section *section = object_find_symbol(object, "traced")->section;

	(void)state;
	for (uint64_t offset = 1; offset < section->size + 16; offset++)
		assert_false(fentry_is_at(object, section, offset));
	assert_false(fentry_begins(object, section, UINT64_MAX));
	assert_false(fentry_begins(object, section, UINT64_MAX - 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_of_fentry_is_one),
		cmocka_unit_test(one_behind_endbr_is_one),
		cmocka_unit_test(a_nop_is_one_if_it_is_listed),
		cmocka_unit_test(a_nop_that_is_not_listed_is_none),
		cmocka_unit_test(places_outside_of_the_section_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
