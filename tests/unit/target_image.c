// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "made_elf.h"
#include "target/decompress.h"
#include "target/image.h"
#include "target/notes.h"
#include "test.h"

static const char banner[] =
	"Linux version %s (%s@%s)\n"
	"Linux version 6.1.0-7-test (build@example.org) (gcc-11, GNU ld) # SMP temporary\n"
	"Linux version 6.1.0-7-test (build@example.org) (gcc-12 (Debian 12.2.0-14, x) 12.2.0, GNU "
	"ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.1-1 (2026-01-02)\n";

static const uint8_t note[] = {
	4, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 'X', 'e', 'n', 0, 1, 2, 0, 0, /* somebody else's */
	4, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0, 0xde, 0xad, 0xbe, 0xef,
};

static void make_vmlinux(struct buffer *into)
{
	const struct made_section sections[] = {
		{ ".rodata", SHT_PROGBITS, SHF_ALLOC, 0xffffffff82000000, banner, sizeof(banner), 0 },
		{ ".notes", SHT_NOTE, SHF_ALLOC, 0xffffffff82001000, note, sizeof(note), 0 },
	};

	make_elf(sections, ARRAY_SIZE(sections), ET_EXEC, into);
}

static void pack(const struct buffer *in, const char *const *argv, struct buffer *out)
{
	auto_process_result struct process_result result = { 0 };
	struct process_spec spec = {
		.argv = argv, .input = in->data, .input_size = in->size, .output_limit = 64 << 20,
	};
	struct error err = ERROR_INIT;

	assert_ok(process_run_ok(&spec, &result, &err), err);
	buffer_add(out, result.out.data, result.out.size);
}

static const char *const gzip[] = { "gzip", "-9nc", NULL };
static const char *const xz[] = { "xz", "--check=crc32", "--x86", "--lzma2=dict=1MiB", "-c", NULL };
static const char *const zstd[] = { "zstd", "-19", "-qc", NULL };
static const char *const lz4[] = { "lz4", "-l", "-9", "-qc", NULL };

static void put_le32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* A bzImage: two sectors of setup, 100 bytes of code, the payload, 50 bytes of code. */
static void make_image(const struct buffer *payload, struct buffer *into)
{
	buffer_add_zeros(into, 3 * 512 + 100);
	into->data[0x1f1] = 2;
	into->data[0x1fe] = 0x55;
	into->data[0x1ff] = 0xaa;
	memcpy(into->data + 0x202, "HdrS", 4);
	into->data[0x206] = 0x0f;
	into->data[0x207] = 2;
	put_le32(into->data + 0x248, 100);
	put_le32(into->data + 0x24c, (uint32_t)payload->size);
	buffer_add(into, payload->data, payload->size);
	buffer_add_zeros(into, 50);
}

/* vmlinux and 1000 bytes of relocations behind it, packed, and its size unless it is gzip. */
static void make_packed_image(const char *const *argv, struct buffer *ret_vmlinux,
			      struct buffer *ret_image)
{
	auto_buffer struct buffer whole = BUFFER_INIT;
	auto_buffer struct buffer payload = BUFFER_INIT;
	uint8_t size[4];

	make_vmlinux(ret_vmlinux);
	buffer_add(&whole, ret_vmlinux->data, ret_vmlinux->size);
	buffer_add_zeros(&whole, 1000);
	pack(&whole, argv, &payload);
	put_le32(size, (uint32_t)whole.size);
	if (argv != gzip)
		buffer_add(&payload, size, sizeof(size));
	make_image(&payload, ret_image);
}

static void the_vmlinux_comes_out_of_an_image_packed_in_any_of_four_ways(void **state)
{
	const char *const *const packers[] = { gzip, xz, zstd, lz4 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		auto_buffer struct buffer vmlinux = BUFFER_INIT;
		auto_buffer struct buffer image = BUFFER_INIT;
		auto_buffer struct buffer unpacked = BUFFER_INIT;
		struct error err = ERROR_INIT;

		make_packed_image(packers[i], &vmlinux, &image);
		assert_ok(image_unpack_data(image.data, image.size, &unpacked, &err), err);
		assert_int_equal(unpacked.size, vmlinux.size);
		assert_memory_equal(unpacked.data, vmlinux.data, vmlinux.size);

		/* And without the boot header, by search. */
		buffer_clear(&unpacked);
		memset(image.data, 0, 512 * 3);
		assert_ok(image_unpack_data(image.data, image.size, &unpacked, &err), err);
		assert_memory_equal(unpacked.data, vmlinux.data, vmlinux.size);
	}
}

static void every_truncation_of_an_image_is_an_error(void **state)
{
	const char *const *const packers[] = { gzip, xz, zstd, lz4 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		auto_buffer struct buffer vmlinux = BUFFER_INIT;
		auto_buffer struct buffer image = BUFFER_INIT;

		make_packed_image(packers[i], &vmlinux, &image);
		for (size_t size = 0; size + 50 < image.size; size++) {
			auto_buffer struct buffer unpacked = BUFFER_INIT;
			auto_free uint8_t *cut = xmemdup(image.data, size);
			struct error err = ERROR_INIT;

			if (size >= 0x250)
				assert_fails(image_unpack_data(cut, size, &unpacked, &err), err,
					     ERROR_INVALID, "cut off");
			else
				assert_fails(image_unpack_data(cut, size, &unpacked, &err), err,
					     ERROR_INVALID, "not a kernel image");
		}
	}
}

static void a_packed_stream_that_is_cut_is_an_error(void **state)
{
	const char *const *const packers[] = { gzip, xz, zstd, lz4 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		auto_buffer struct buffer vmlinux = BUFFER_INIT;
		auto_buffer struct buffer packed = BUFFER_INIT;

		make_vmlinux(&vmlinux);
		pack(&vmlinux, packers[i], &packed);
		for (size_t size = 6; size < packed.size; size++) {
			auto_buffer struct buffer out = BUFFER_INIT;
			struct error err = ERROR_INIT;

			assert_fails(decompress(packed.data, size, 1 << 20, &out, NULL, &err), err,
				     ERROR_INVALID, "ends too early");
		}
	}
}

static void output_beyond_the_limit_is_refused(void **state)
{
	const char *const *const packers[] = { gzip, xz, zstd, lz4 };
	auto_buffer struct buffer zeros = BUFFER_INIT;

	(void)state;
	buffer_add_zeros(&zeros, 3 << 20);
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		auto_buffer struct buffer packed = BUFFER_INIT;
		auto_buffer struct buffer out = BUFFER_INIT;
		struct error err = ERROR_INIT;

		pack(&zeros, packers[i], &packed);
		assert_fails(decompress(packed.data, packed.size, (3 << 20) - 1, &out, NULL, &err),
			     err, ERROR_INVALID, "more than the limit");
		assert_true(out.size < 3 << 20);
		buffer_reset(&out);
		assert_ok(decompress(packed.data, packed.size, 3 << 20, &out, NULL, &err), err);
		assert_int_equal(out.size, 3 << 20);
	}
}

static void a_large_lz4_frame_of_several_blocks_unpacks(void **state)
{
	auto_buffer struct buffer plain = BUFFER_INIT;
	auto_buffer struct buffer packed = BUFFER_INIT;
	auto_buffer struct buffer out = BUFFER_INIT;
	struct error err = ERROR_INIT;
	size_t used;

	(void)state;
	for (uint32_t i = 0; plain.size < (16 << 20); i++)
		buffer_add(&plain, &i, sizeof(i)); /* exactly two blocks */
	pack(&plain, lz4, &packed);
	buffer_add(&packed, "\0\0\0\1", 4);
	assert_ok(decompress(packed.data, packed.size, 1 << 30, &out, &used, &err), err);
	assert_int_equal(used, packed.size - 4);
	assert_int_equal(out.size, plain.size);
	assert_memory_equal(out.data, plain.data, plain.size);
}

static void lzma_and_bzip2_are_refused_by_name(void **state)
{
	static const uint8_t starts[][8] = { { 0x5d, 0, 0, 0, 4, 0xff, 0xff }, "BZh91AY" };
	static const char *const names[] = { "packed with lzma", "packed with bzip2" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		auto_buffer struct buffer payload = BUFFER_INIT;
		auto_buffer struct buffer image = BUFFER_INIT;
		auto_buffer struct buffer out = BUFFER_INIT;
		struct error err = ERROR_INIT;

		buffer_add(&payload, starts[i], 8);
		buffer_add_zeros(&payload, 100);
		make_image(&payload, &image);
		assert_fails(image_unpack_data(image.data, image.size, &out, &err), err,
			     ERROR_UNSUPPORTED, names[i]);
	}
}

static void an_image_that_lies_about_its_unpacked_size_is_refused(void **state)
{
	auto_buffer struct buffer vmlinux = BUFFER_INIT;
	auto_buffer struct buffer image = BUFFER_INIT;
	auto_buffer struct buffer out = BUFFER_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	make_packed_image(xz, &vmlinux, &image);
	image.data[image.size - 54] ^= 1;
	assert_fails(image_unpack_data(image.data, image.size, &out, &err), err, ERROR_INVALID,
		     "but says itself");
}

static void random_bytes_are_no_image(void **state)
{
	uint32_t seed = 20261122;

	(void)state;
	for (int round = 0; round < 50; round++) {
		auto_buffer struct buffer noise = BUFFER_INIT;
		auto_buffer struct buffer out = BUFFER_INIT;
		struct error err = ERROR_INIT;

		for (int i = 0; i < 20000; i++) {
			seed = seed * 1664525 + 1013904223;
			buffer_add_char(&noise, (char)(seed >> 24));
		}
		assert_fails(image_unpack_data(noise.data, noise.size, &out, &err), err,
			     ERROR_INVALID, "not a kernel image");
	}
}

static void a_failed_unpacking_leaves_no_file(void **state)
{
	auto_free char *folder = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	assert_ok(directory_make_temporary("/tmp", &folder, &err), err);

	auto_free char *in = path_join(folder, "vmlinuz");
	auto_free char *out = path_join(folder, "vmlinux");
	auto_text_list struct text_list names = { 0 };

	assert_ok(file_write_text(in, "no kernel", &err), err);
	assert_fails(image_unpack(in, out, &err), err, ERROR_INVALID, in);
	assert_ok(directory_list(folder, &names, &err), err);
	assert_int_equal(names.count, 1);
	assert_ok(directory_remove(folder, &err), err);
}

static void a_vmlinux_is_identified_by_its_notes_and_banner(void **state)
{
	auto_buffer struct buffer vmlinux = BUFFER_INIT;
	auto_elf_view struct elf_view *view = NULL;
	struct kernel_id id = { 0 };
	struct error err = ERROR_INIT;

	(void)state;
	make_vmlinux(&vmlinux);
	assert_ok(elf_view_open(vmlinux.data, vmlinux.size, &view, &err), err);
	assert_ok(vmlinux_identify_view(view, &id, &err), err);
	assert_string_equal(id.release, "6.1.0-7-test");
	assert_string_equal(id.version, "#1 SMP PREEMPT_DYNAMIC Debian 6.1.1-1 (2026-01-02)");
	assert_string_equal(id.compiler, "gcc-12 (Debian 12.2.0-14, x) 12.2.0");
	assert_string_equal(id.arch, "x86_64");
	assert_string_equal(id.build_id, "deadbeef");
	kernel_id_clear(&id);
}

static void every_truncation_of_a_vmlinux_is_an_error(void **state)
{
	auto_buffer struct buffer vmlinux = BUFFER_INIT;

	(void)state;
	make_vmlinux(&vmlinux);
	for (size_t size = 0; size < vmlinux.size; size++) {
		auto_elf_view struct elf_view *view = NULL;
		auto_free uint8_t *cut = xmemdup(vmlinux.data, size);
		struct error err = ERROR_INIT;

		assert_fails(elf_view_open(cut, size, &view, &err), err, ERROR_INVALID, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vmlinux_comes_out_of_an_image_packed_in_any_of_four_ways),
		cmocka_unit_test(every_truncation_of_an_image_is_an_error),
		cmocka_unit_test(a_packed_stream_that_is_cut_is_an_error),
		cmocka_unit_test(output_beyond_the_limit_is_refused),
		cmocka_unit_test(a_large_lz4_frame_of_several_blocks_unpacks),
		cmocka_unit_test(lzma_and_bzip2_are_refused_by_name),
		cmocka_unit_test(an_image_that_lies_about_its_unpacked_size_is_refused),
		cmocka_unit_test(random_bytes_are_no_image),
		cmocka_unit_test(a_failed_unpacking_leaves_no_file),
		cmocka_unit_test(a_vmlinux_is_identified_by_its_notes_and_banner),
		cmocka_unit_test(every_truncation_of_a_vmlinux_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
