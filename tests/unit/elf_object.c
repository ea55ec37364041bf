// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/process.h"
#include "elf/instruction.h"
#include "elf/object.h"
#include "test.h"

static const char source[] =
	"extern int outside(const char *);\n"
	"static int counter = 3;\n"
	"int table[4];\n"
	"__attribute__((noinline)) static int inner(int x) { counter += x; return counter; }\n"
	"int outer(int x) { return inner(x) + outside(\"text\") + table[x & 3]; }\n";

static char *folder, *path;

static int compile(void **state)
{
	const char *argv[] = { "gcc", "-O2", "-g", "-ffunction-sections", "-fdata-sections", "-xc",
			       "-c", "-", "-o", NULL, NULL };
	struct error err;

	(void)state;
	if (directory_make_temporary("/tmp", &folder, &err) < 0)
		return -1;
	path = path_join(folder, "a.o");
	argv[9] = path;
	return process_run_ok(&(struct process_spec){ .argv = argv,
						      .input = source,
						      .input_size = sizeof(source) - 1 },
			      NULL, &err);
}

static int clean(void **state)
{
	struct error err;
	int result = directory_remove(folder, &err);

	(void)state;
	free(folder);
	free(path);
	return result;
}

static void a_compiled_object_is_a_graph(void **state)
{
	auto_object struct object *object = NULL;
	struct error err;

	(void)state;
	assert_ok(object_read(path, 0, &object, &err), err);

	struct elf_symbol *outer = object_find_symbol(object, "outer");
	struct elf_symbol *outside = object_find_symbol(object, "outside");

	assert_non_null(outer);
	assert_string_equal(outer->section->name, ".text.outer");
	assert_null(outside->section);
	assert_int_equal(outside->special, SHN_UNDEF);

	bool calls = false;

	for (size_t i = 0; i < outer->section->relocs.count; i++)
		calls |= outer->section->relocs.items[i].symbol == outside;
	assert_true(calls);
}

/* What readelf says of the file, without the numbers that may move. */
static char *describe(const char *file)
{
	const char *const argv[] = { "objdump", "-drs", "-j", ".text.outer", "-j", ".text.inner", "-j",
				     ".data.counter", file, NULL };
	struct process_result result = { 0 };
	struct error err;

	assert_ok(process_run_ok(&(struct process_spec){ .argv = argv }, &result, &err), err);

	char *text = strstr(buffer_text(&result.out), "Contents");
	char *copy = xstrdup(text);

	process_result_clear(&result);
	return copy;
}

static void what_is_written_says_the_same_as_what_was_read(void **state)
{
	auto_free char *copy = path_join(folder, "b.o");
	auto_object struct object *object = NULL;
	struct error err;

	(void)state;
	assert_ok(object_read(path, OBJECT_READ_DEBUG_RELOCS, &object, &err), err);
	assert_ok(object_write(object, copy, &err), err);

	auto_free char *before = describe(path);
	auto_free char *after = describe(copy);

	assert_string_equal(before, after);
}

static void an_object_read_without_debug_relocations_is_not_written(void **state)
{
	auto_object struct object *object = NULL;
	struct error err;

	(void)state;
	assert_ok(object_read(path, 0, &object, &err), err);
	assert_fails(object_write(object, path, &err), err, ERROR_FAILED, "without all");
}

static void every_truncation_is_refused_as_one(void **state)
{
	auto_buffer struct buffer bytes = BUFFER_INIT;
	struct error err;

	(void)state;
	assert_ok(file_read(path, 1 << 20, &bytes, &err), err);
	for (size_t size = 0; size < bytes.size; size += 7) {
		struct object *object = NULL;

		assert_true(object_parse(bytes.data, size, "x.o", 0, &object, &err) < 0);
		assert_non_null(strstr(err.msg, "x.o: "));
		assert_non_null(strstr(err.msg, size < 4 ? "not an ELF file" : "cut off"));
	}
}

static void every_damaged_byte_is_survived(void **state)
{
	auto_buffer struct buffer bytes = BUFFER_INIT;
	struct error err;

	(void)state;
	assert_ok(file_read(path, 1 << 20, &bytes, &err), err);
	for (size_t i = 0; i < bytes.size; i++) {
		struct object *object = NULL;
		uint8_t before = bytes.data[i];

		bytes.data[i] ^= 0xff;
		if (object_parse(bytes.data, bytes.size, "damaged", 0, &object, &err) == 0)
			object_free(object);
		bytes.data[i] = before;
	}
}

static void instructions_tell_their_length_and_where_they_go(void **state)
{
	static const uint8_t call[] = { 0xe8, 1, 0, 0, 0 };
	static const uint8_t compare[] = { 0x83, 0x3d, 0x10, 0, 0, 0, 7 }; /* cmpl $7,16(%rip) */
	static const uint8_t movabs[] = { 0x49, 0xb9, 1, 2, 3, 4, 5, 6, 7, 8 };
	struct instruction instruction;

	(void)state;
	assert_true(instruction_decode(call, sizeof(call), &instruction));
	assert_int_equal(instruction.length, 5);
	assert_true(instruction.is_branch);
	assert_int_equal(instruction.relative, 1);
	assert_true(instruction_decode(compare, sizeof(compare), &instruction));
	assert_int_equal(instruction.length, 7);
	assert_false(instruction.is_branch);
	assert_int_equal(instruction.relative_offset, 2);
	assert_int_equal(instruction.relative, 16);
	assert_true(instruction_decode(movabs, sizeof(movabs), &instruction));
	assert_true(instruction.is_movabs);
	assert_int_equal(instruction.movabs_register, 9);
	assert_false(instruction_decode(call, 3, &instruction));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_compiled_object_is_a_graph),
		cmocka_unit_test(what_is_written_says_the_same_as_what_was_read),
		cmocka_unit_test(an_object_read_without_debug_relocations_is_not_written),
		cmocka_unit_test(every_truncation_is_refused_as_one),
		cmocka_unit_test(every_damaged_byte_is_survived),
		cmocka_unit_test(instructions_tell_their_length_and_where_they_go),
	};

	return cmocka_run_group_tests(tests, compile, clean);
}
