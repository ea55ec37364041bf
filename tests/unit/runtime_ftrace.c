// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "runtime/btf.h"
#include "runtime/ftrace.h"
#include "test.h"

/* The lines are those of real kernels (6.1 and 6.12). */
static void slots_are_taken_apart(void **state)
{
	static const struct {
		const char *line, *function, *object;
		unsigned users;
		bool is_redirected, is_direct;
	} cases[] = {
		{ "meminfo_proc_show (1)   I  \ttramp: 0xffffffffc03ce000 (klp_ftrace_handler+0x0/0x110)",
		  "meminfo_proc_show", "vmlinux", 1, true, false },
		{ "parking_place [parking] (1)   I     M \ttramp: 0xffffffffc0230000 (klp_ftrace_h",
		  "parking_place", "parking", 1, true, false },
		{ "meminfo_proc_show (2) R I     M  ->arch_ftrace_ops_list_func+0x0/0x1d0",
		  "meminfo_proc_show", "vmlinux", 2, true, false },
		{ "bpf_lsm_x (1)     D \n", "bpf_lsm_x", "vmlinux", 1, false, true },
		{ "foo.isra.0 (1) R     \ttramp: 0x1 (kprobe_ftrace_handler+0x0/0x1b0 [I])",
		  "foo.isra.0", "vmlinux", 1, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ftrace_slot slot;

		assert_true(ftrace_slot_parse(cases[i].line, &slot));
		assert_string_equal(slot.function, cases[i].function);
		assert_string_equal(slot.object, cases[i].object);
		assert_int_equal(slot.users, cases[i].users);
		assert_int_equal(slot.is_redirected, cases[i].is_redirected);
		assert_int_equal(slot.is_direct, cases[i].is_direct);
		free(slot.function);
		free(slot.object);
	}
}

static void lines_that_are_no_slots_are_left_out(void **state)
{
	static const char *const lines[] = { "", "\tdirect-->bpf_trampoline_1", "x", "x [mod", "x (",
					     "#### all functions enabled ####", " (1)", "x [m] (" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct ftrace_slot slot;

		assert_false(ftrace_slot_parse(lines[i], &slot));
	}
}

static void kprobes_are_taken_apart(void **state)
{
	struct ftrace_kprobe kprobe;

	(void)state;
	assert_true(ftrace_kprobe_parse("ffffffff8e1f5e04  r  show+0x4    [FTRACE]", &kprobe));
	assert_string_equal(kprobe.function, "show");
	assert_string_equal(kprobe.object, "vmlinux");
	assert_int_equal(kprobe.offset, 4);
	assert_true(kprobe.is_return);
	assert_false(kprobe.is_disabled);
	free(kprobe.function);
	free(kprobe.object);
	assert_true(ftrace_kprobe_parse("ffffffffc0230000  k  park+0x0  [parking] [DISABLED]",
					&kprobe));
	assert_string_equal(kprobe.object, "parking");
	assert_true(kprobe.is_disabled);
	assert_false(kprobe.is_return);
	free(kprobe.function);
	free(kprobe.object);
	assert_false(ftrace_kprobe_parse("", &kprobe));
	assert_false(ftrace_kprobe_parse("ffffffff8e1f5e04  k  ", &kprobe));
}

static void make_btf(struct buffer *file)
{
	static const char strings[] = "\0first\0second";
	const struct btf_type types[] = {
		{ .info = BTF_KIND_FUNC_PROTO << 24 },
		{ .name_off = 1, .info = BTF_KIND_FUNC << 24, .type = 1 },
		{ .name_off = 7, .info = BTF_KIND_FUNC << 24, .type = 1 },
	};
	const struct btf_header header = {
		.magic = BTF_MAGIC, .version = 1, .hdr_len = sizeof(header),
		.type_len = sizeof(types), .str_off = sizeof(types), .str_len = sizeof(strings),
	};

	buffer_add(file, &header, sizeof(header));
	buffer_add(file, types, sizeof(types));
	buffer_add(file, strings, sizeof(strings));
}

static void functions_have_names_and_numbers_in_btf(void **state)
{
	auto_buffer struct buffer file = BUFFER_INIT;

	(void)state;
	make_btf(&file);
	assert_string_equal(btf_function_name(file.data, file.size, 3), "second");
	assert_null(btf_function_name(file.data, file.size, 1));
	assert_null(btf_function_name(file.data, file.size, 4));
	assert_int_equal(btf_function_id(file.data, file.size, "first"), 2);
	assert_int_equal(btf_function_id(file.data, file.size, "third"), 0);
}

static void damaged_btf_names_nothing_outside(void **state)
{
	auto_buffer struct buffer file = BUFFER_INIT;

	(void)state;
	make_btf(&file);
	for (size_t i = 0; i < file.size; i++)
		for (unsigned value = 0; value < 256; value += 51) {
			auto_free uint8_t *copy = xmemdup(file.data, file.size);

			copy[i] = (uint8_t)value;

			const char *name = btf_function_name(copy, file.size, 3);

			if (name)
				assert_true(strlen(name) < file.size);
		}
	for (size_t size = 0; size < file.size; size++) {
		auto_free uint8_t *cut = xmemdup(file.data, size ? size : 1);

		assert_null(btf_function_name(cut, size, 2));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_are_taken_apart),
		cmocka_unit_test(lines_that_are_no_slots_are_left_out),
		cmocka_unit_test(kprobes_are_taken_apart),
		cmocka_unit_test(functions_have_names_and_numbers_in_btf),
		cmocka_unit_test(damaged_btf_names_nothing_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
