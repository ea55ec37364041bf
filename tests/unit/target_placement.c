// SPDX-License-Identifier: GPL-2.0-or-later
/* Small units against a small vmlinux that is made for each test. */
#include "target/placement.h"

#include <string.h>
#include <unistd.h>

#include "made_elf.h"
#include "target/symbols_table.h"
#include "test.h"

#define BASE 0xffffffff81000000ull

struct world {
	char folder[32];
	uint8_t text[256]; /* of vmlinux, at BASE */
	struct buffer vmlinux;
	struct shipped *shipped;
	struct object *unit;
	struct placements placements;
};

struct named {
	const char *name;
	uint64_t offset;
};

/* push %rbx; call; pop %rbx; ret, and what is called. */
static const uint8_t code[16] = { 0x53, 0xe8, 0, 0, 0, 0, 0x5b, 0xc3, 0x90, 0x90 };

static struct symbol_table *make_table(const struct named *names, size_t count)
{
	struct symbol *items = xcalloc(count, sizeof(*items));
	struct buffer texts = BUFFER_INIT;
	size_t at[8];

	for (size_t i = 0; i < count; i++) {
		at[i] = texts.size;
		buffer_add(&texts, names[i].name, strlen(names[i].name) + 1);
	}
	for (size_t i = 0; i < count; i++)
		items[i] = (struct symbol){ .name = (const char *)texts.data + at[i], .type = 'T',
					    .address = BASE + names[i].offset };
	return symbol_table_new(items, count, &texts, NULL);
}

static void put_code(struct world *world, uint64_t at, uint64_t callee)
{
	uint32_t distance = (uint32_t)(callee - (at + 6));

	memcpy(world->text + at, code, sizeof(code));
	memcpy(world->text + at + 2, &distance, 4);
}

static void ship(struct world *world, const struct named *names, size_t count)
{
	struct error err = ERROR_INIT;
	const struct made_section sections[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, BASE, world->text,
		  sizeof(world->text), 0 },
	};

	make_elf(sections, 1, ET_EXEC, &world->vmlinux);
	assert_int_equal(shipped_of_vmlinux(world->vmlinux.data, world->vmlinux.size,
					    make_table(names, count), &world->shipped, &err), 0);
}

/* A unit with one function of that code, which calls `callee`. */
static void make_unit(struct world *world, const char *name, const uint8_t *bytes, const char *callee)
{
	struct object *unit = object_new("unit.o");
	struct elf_section *text = object_add_section(unit, ".text", SHT_PROGBITS,
						      SHF_ALLOC | SHF_EXECINSTR, 16);
	auto_free char *path = NULL;
	struct error err = ERROR_INIT;

	section_append(unit, text, bytes, sizeof(code), 16);
	object_add_symbol(unit, name, text, 0, 8, STB_LOCAL, STT_FUNC);
	if (callee)
		relocs_add(unit, &text->relocs,
			   (struct elf_reloc){ 2, R_X86_64_PLT32, -4,
					       object_add_symbol(unit, callee, NULL, 0, 0,
								 STB_GLOBAL, STT_NOTYPE) });
	strcpy(world->folder, "/tmp/suture-test-XXXXXX");
	assert_non_null(mkdtemp(world->folder));
	path = xasprintf("%s/unit.o", world->folder);
	assert_int_equal(object_write(unit, path, &err), 0);
	object_free(unit);
	assert_int_equal(object_read(path, 0, &world->unit, &err), 0);
	unlink(path);
	rmdir(world->folder);
	placements_make(world->unit, world->shipped, &world->placements);
}

static void world_clear(struct world *world)
{
	placements_clear(&world->placements);
	object_free(world->unit);
	shipped_free(world->shipped);
	buffer_clear(&world->vmlinux);
}
#define auto_world __attribute__((cleanup(world_clear)))

static const struct elf_section *text_of(const struct world *world)
{
	return object_find_section(world->unit, ".text");
}

static bool is_equal(const struct world *world, struct mismatch *mismatch)
{
	const struct elf_section *text = text_of(world);

	return placement_check(&world->placements, text, 0, text->size, true, mismatch);
}

static const struct named plain_names[] = { { "show", 0x20 }, { "callee", 0x80 }, { "other", 0xa0 } };

static void a_unit_that_was_shipped_is_found_and_equal(void **state)
{
	auto_world struct world world = { 0 };
	struct mismatch mismatch;

	(void)state;
	put_code(&world, 0x20, 0x80);
	ship(&world, plain_names, 3);
	make_unit(&world, "show", code, "callee");
	assert_int_equal(placement_of(&world.placements, text_of(&world))->kind, PLACEMENT_SYMBOL);
	assert_int_equal(placement_of(&world.placements, text_of(&world))->place.offset, BASE + 0x20);
	assert_true(is_equal(&world, &mismatch));
}

static void another_byte_is_found(void **state)
{
	auto_world struct world world = { 0 };
	struct mismatch mismatch;

	(void)state;
	put_code(&world, 0x20, 0x80);
	world.text[0x26] = 0x5d;
	ship(&world, plain_names, 3);
	make_unit(&world, "show", code, "callee");
	assert_false(is_equal(&world, &mismatch));
	assert_int_equal(mismatch.offset, 6);
	assert_null(mismatch.reloc);
}

static void a_call_of_something_else_is_found(void **state)
{
	auto_world struct world world = { 0 };
	struct mismatch mismatch;

	(void)state;
	put_code(&world, 0x20, 0xa0);
	ship(&world, plain_names, 3);
	make_unit(&world, "show", code, "callee");
	assert_false(is_equal(&world, &mismatch));
	assert_non_null(mismatch.reloc);
	assert_non_null(strstr(mismatch.text, "other"));
}

static void a_symbol_that_the_table_does_not_have_is_no_match(void **state)
{
	auto_world struct world world = { 0 };
	struct mismatch mismatch;

	(void)state;
	put_code(&world, 0x20, 0x80);
	ship(&world, plain_names, 3);
	make_unit(&world, "show", code, "nobody");
	assert_false(is_equal(&world, &mismatch));
}

static const struct named twins[] = { { "show", 0x20 }, { "show", 0x40 }, { "callee", 0x80 } };

static void namesakes_without_neighbours_are_told_by_their_bytes(void **state)
{
	auto_world struct world world = { 0 };
	uint8_t first[sizeof(code)];

	(void)state;
	put_code(&world, 0x20, 0x80);
	put_code(&world, 0x40, 0x80);
	world.text[0x20] = 0x55; /* push %rbp */
	ship(&world, twins, 3);
	make_unit(&world, "show", code, "callee");
	assert_int_equal(placement_of(&world.placements, text_of(&world))->kind, PLACEMENT_BYTES);
	assert_int_equal(placement_symbol(&world.placements, text_of(&world)->symbols[0]), 1);
	world_clear(&world);

	/* And the other way round. */
	world = (struct world){ 0 };
	memcpy(first, code, sizeof(first));
	first[0] = 0x55;
	put_code(&world, 0x20, 0x80);
	put_code(&world, 0x40, 0x80);
	world.text[0x20] = 0x55;
	ship(&world, twins, 3);
	make_unit(&world, "show", first, "callee");
	assert_int_equal(placement_symbol(&world.placements, text_of(&world)->symbols[0]), 0);
}

static void namesakes_with_the_same_bytes_have_no_place(void **state)
{
	auto_world struct world world = { 0 };

	(void)state;
	put_code(&world, 0x20, 0x80);
	put_code(&world, 0x40, 0x80);
	ship(&world, twins, 3);
	make_unit(&world, "show", code, "callee");
	assert_int_equal(placement_of(&world.placements, text_of(&world))->kind, PLACEMENT_UNKNOWN);
	assert_non_null(placement_of(&world.placements, text_of(&world))->why);
	assert_int_equal(placement_symbol(&world.placements, text_of(&world)->symbols[0]), SIZE_MAX);
}

static void a_jump_and_a_nop_are_not_the_same_without_a_static_branch(void **state)
{
	auto_world struct world world = { 0 };
	uint8_t jump[sizeof(code)] = { 0x53, 0xeb, 0x01, 0x90, 0x5b, 0xc3 };
	struct mismatch mismatch;

	(void)state;
	memcpy(world.text + 0x20, jump, sizeof(jump));
	memcpy(world.text + 0x21, "\x66\x90", 2);
	ship(&world, plain_names, 3);
	make_unit(&world, "show", jump, NULL);
	assert_false(is_equal(&world, &mismatch));
	assert_int_equal(mismatch.offset, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_unit_that_was_shipped_is_found_and_equal),
		cmocka_unit_test(another_byte_is_found),
		cmocka_unit_test(a_call_of_something_else_is_found),
		cmocka_unit_test(a_symbol_that_the_table_does_not_have_is_no_match),
		cmocka_unit_test(namesakes_without_neighbours_are_told_by_their_bytes),
		cmocka_unit_test(namesakes_with_the_same_bytes_have_no_place),
		cmocka_unit_test(a_jump_and_a_nop_are_not_the_same_without_a_static_branch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
