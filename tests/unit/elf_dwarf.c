// SPDX-License-Identifier: GPL-2.0-or-later
/* The variables are in types/locals.c, compiled in several formats. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "elf/dwarf.h"
#include "elf/value.h"
#include "test.h"

static const char *const formats[] = { "dwarf5", "dwarf4", "compressed" };
static struct dwarf *objects[ARRAY_SIZE(formats)];

static char *object(const char *name, const char *format)
{
	return xasprintf("%s/%s-%s.o", getenv("TEST_OBJECTS"), name, format);
}

static int open_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		auto_free char *path = object("locals", formats[i]);
		struct error err;

		if (dwarf_open(path, &objects[i], &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			return -1;
		}
	}
	return 0;
}

static int free_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		dwarf_free(objects[i]);
	return 0;
}

/* The variable of this function and name in this block; there must be exactly one. */
static const struct static_local *only(const struct dwarf *dwarf, const char *owner,
				       const char *name, const char *scope)
{
	const struct static_local *found = NULL;

	for (size_t i = 0; i < dwarf->local_count; i++) {
		const struct static_local *local = &dwarf->locals[i];

		if (strcmp(local->owner, owner) || strcmp(local->name, name) ||
		    strcmp(local->scope, scope))
			continue;
		if (found)
			fail_msg("%s: %s [%s] is there twice", owner, name, scope);
		found = local;
	}
	if (!found)
		fail_msg("%s: %s [%s] is not there", owner, name, scope);
	return found;
}

static void expect_local(const char *owner, const char *name, const char *scope,
			 const char *section, const char *type, unsigned ordinal,
			 unsigned namesakes)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const struct static_local *local = only(objects[i], owner, name, scope);
		auto_free char *text = ctype_text(local->type);

		assert_string_equal(text, type);
		assert_int_equal(local->size, ctype_size(local->type));
		assert_int_equal(local->ordinal, ordinal);
		assert_int_equal(local->namesakes, namesakes);
		assert_int_equal(local->offset, 0);
		assert_int_not_equal(local->line, 0);
		/* ".bss.count.3": the compiler's number is not ours to know. */
		assert_memory_equal(local->section, section, strlen(section));
		assert_ptr_equal(
			dwarf_find_static_local(objects[i], local->section_index, local->offset),
			local);
		assert_ptr_equal(
			dwarf_find_static_local_in(objects[i], local->section, local->offset),
			local);
	}
}

static void locals_of_one_name_are_told_apart_by_block(void **state)
{
	(void)state;
	expect_local("first", "count", "", ".bss.count.", "int", 0, 3);
	expect_local("first", "count", "0", ".bss.count.", "long int", 1, 3);
	expect_local("first", "count", "1.0", ".bss.count.", "struct {...}", 2, 3);
	expect_local("first", "unused", "1", ".bss.unused.", "char[4]", 0, 1);
}

static void locals_of_one_name_are_told_apart_by_function(void **state)
{
	(void)state;
	expect_local("second", "count", "", ".data.count.", "int", 0, 1);
	expect_local("second", "names", "", ".data.rel.ro.local.names.", "char *[2]", 0, 1);
}

static void a_local_of_an_inlined_function_belongs_to_that_one(void **state)
{
	(void)state;
	expect_local("in_inline", "count", "", ".bss.count.", "short int", 0, 1);
}

static void only_static_locals_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		assert_int_equal(objects[i]->local_count, 7);
}

static void locals_that_clang_tells_of_are_found(void **state)
{
	auto_free char *path = object("locals", "clang");
	auto_dwarf struct dwarf *dwarf = NULL;
	unsigned ordinals = 0;
	struct error err;

	(void)state;
	assert_ok(dwarf_open(path, &dwarf, &err), err);
	assert_int_equal(dwarf->local_count, 7);
	for (size_t i = 0; i < dwarf->local_count; i++)
		if (!strcmp(dwarf->locals[i].owner, "first") &&
		    !strcmp(dwarf->locals[i].name, "count")) {
			assert_int_equal(dwarf->locals[i].namesakes, 3);
			ordinals |= 1u << dwarf->locals[i].ordinal;
		}
	assert_int_equal(ordinals, 7);
}

static void notes_that_clang_writes_at_types_are_no_parts_of_them(void **state)
{
	auto_free char *path = object("locals", "clang");
	auto_dwarf struct dwarf *dwarf = NULL;
	size_t found = 0;
	struct error err;

	(void)state;
	assert_ok(dwarf_open(path, &dwarf, &err), err);
	for (size_t i = 0; i < dwarf->type_count; i++) {
		const struct ctype *type = dwarf->types[i];

		if (!type->name || strcmp(type->name, "noted"))
			continue;
		found++;
		assert_int_equal(type->member_count, 1);
		assert_int_equal(value_of(type->members[0].type).size, 4);
	}
	assert_int_equal(found, 1);
}

static void a_place_of_something_else_is_no_static_local(void **state)
{
	const struct static_local *local = only(objects[0], "first", "count", "0");

	(void)state;
	assert_null(dwarf_find_static_local(objects[0], local->section_index, 1));
	assert_null(dwarf_find_static_local(objects[0], 0, 0));
	assert_null(dwarf_find_static_local_in(objects[0], ".bss.unit_static", 0));
	assert_null(dwarf_find_static_local_in(objects[0], ".bss.global", 0));
}

static void functions_have_their_prototypes(void **state)
{
	const struct cfunction *found = NULL;

	(void)state;
	for (size_t i = 0; i < objects[0]->function_count; i++)
		if (!strcmp(objects[0]->functions[i].name, "in_inline"))
			found = &objects[0]->functions[i];
	assert_non_null(found);
	auto_free char *text = ctype_text(found->type);
	assert_string_equal(text, "int (int)");
	assert_false(found->is_external);
	assert_false(found->has_code);
}

static void functions_of_others_have_them_as_they_are_declared_here(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const struct dwarf *dwarf = objects[i];

		assert_int_equal(dwarf->declared_count, 1);
		assert_string_equal(dwarf->declared[0].name, "use");

		const struct ctype *type = dwarf->declared[0].type;
		struct value passed = value_of(type->members[0].type);
		struct value returned = value_of(type->target);

		assert_int_equal(type->member_count, 1);
		assert_int_equal(passed.kind, VALUE_POINTER);
		assert_null(passed.tag);
		assert_int_equal(returned.kind, VALUE_INTEGER);
		assert_int_equal(returned.size, 4);
	}
}

static void what_is_no_object_is_refused(void **state)
{
	struct dwarf *dwarf;
	struct error err;
	auto_free char *bare = object("layout-old", "bare");

	(void)state;
	assert_fails(dwarf_parse("", 0, "empty.o", &dwarf, &err), err, ERROR_INVALID, "empty.o: ");
	assert_fails(dwarf_parse("#!/bin/sh\n", 10, "x.sh", &dwarf, &err), err, ERROR_INVALID,
		     "not an ELF file");
	assert_fails(dwarf_open("/nonexistent.o", &dwarf, &err), err, ERROR_NOT_FOUND,
		     "/nonexistent.o");
	assert_fails(dwarf_open("/proc/self/exe", &dwarf, &err), err, ERROR_INVALID,
		     "not a relocatable object");
	assert_fails(dwarf_open(bare, &dwarf, &err), err, ERROR_NOT_FOUND,
		     "has no debug information: compile it with -g");
}

/* Whatever comes out, it is an answer or an error that says why. */
static void read_damaged(const void *data, size_t size)
{
	struct dwarf *dwarf;
	struct error err = ERROR_INIT;

	if (dwarf_parse(data, size, "damaged.o", &dwarf, &err) < 0) {
		assert_memory_equal(err.msg, "damaged.o: ", 11);
		return;
	}
	for (size_t i = 0; i < dwarf->type_count; i++) {
		auto_free char *text = ctype_text(dwarf->types[i]);

		(void)ctype_size(dwarf->types[i]);
		(void)ctype_same_inside(dwarf->types[i], dwarf->types[dwarf->type_count - 1 - i]);
	}
	dwarf_free(dwarf);
}

static void a_cut_or_damaged_object_is_an_error_and_never_a_crash(void **state)
{
	auto_buffer struct buffer good = BUFFER_INIT;
	auto_free char *path = object("locals", "dwarf5");
	uint64_t random = 88172645463325252u;
	struct error err;

	(void)state;
	assert_ok(file_read(path, 1 << 20, &good, &err), err);
	for (size_t size = 0; size < good.size; size += 97)
		read_damaged(good.data, size);
	for (int i = 0; i < 4000; i++) {
		auto_free uint8_t *damaged = xmemdup(good.data, good.size);

		for (int j = 0; j < 1 + i % 4; j++) {
			random ^= random << 13, random ^= random >> 7, random ^= random << 17;
			damaged[random % good.size] = (uint8_t)(random >> 40);
		}
		read_damaged(damaged, good.size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locals_of_one_name_are_told_apart_by_block),
		cmocka_unit_test(locals_of_one_name_are_told_apart_by_function),
		cmocka_unit_test(a_local_of_an_inlined_function_belongs_to_that_one),
		cmocka_unit_test(only_static_locals_are_found),
		cmocka_unit_test(locals_that_clang_tells_of_are_found),
		cmocka_unit_test(notes_that_clang_writes_at_types_are_no_parts_of_them),
		cmocka_unit_test(a_place_of_something_else_is_no_static_local),
		cmocka_unit_test(functions_have_their_prototypes),
		cmocka_unit_test(functions_of_others_have_them_as_they_are_declared_here),
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(a_cut_or_damaged_object_is_an_error_and_never_a_crash),
	};

	return cmocka_run_group_tests(tests, open_all, free_all);
}
