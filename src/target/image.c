// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/image.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/file.h"
#include "elf/view.h"
#include "target/decompress.h"

#define IMAGE_LIMIT ((size_t)256 << 20)
/* A kernel with everything in it unpacks to about 100 MB, the address range it may take on x86 is
 * 1 GiB (KERNEL_IMAGE_SIZE). */
#define VMLINUX_LIMIT ((size_t)512 << 20)
/* For the search without a header: so often, and so much in all. */
#define SEARCH_TRIES 64
#define SEARCH_LIMIT VMLINUX_LIMIT

/* Offsets in the x86 boot sector (boot.rst, "The Real-Mode Kernel Header"). */
#define SETUP_SECTS 0x1f1
#define BOOT_FLAG 0x1fe
#define HEADER_MAGIC 0x202
#define PROTOCOL 0x206
#define PAYLOAD_OFFSET 0x248
#define PAYLOAD_LENGTH 0x24c
#define HEADER_END 0x250
#define SECTOR 512

struct payload {
	const uint8_t *data;
	size_t size;
};

static uint32_t get_le(const uint8_t *data, unsigned bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | data[bytes];
	return value;
}

static bool has_setup_header(const uint8_t *data, size_t size)
{
	return size >= HEADER_END && get_le(data + BOOT_FLAG, 2) == 0xaa55 &&
	       !memcmp(data + HEADER_MAGIC, "HdrS", 4) && get_le(data + PROTOCOL, 2) >= 0x208;
}

static int find_payload(const uint8_t *data, size_t size, struct payload *ret_payload,
			struct error *err)
{
	uint64_t sectors = data[SETUP_SECTS] ? data[SETUP_SECTS] : 4;
	uint64_t start = (sectors + 1) * SECTOR + get_le(data + PAYLOAD_OFFSET, 4);
	uint64_t length = get_le(data + PAYLOAD_LENGTH, 4);

	if (length <= 4)
		return error_set(err, ERROR_INVALID, "its boot header announces no payload");
	if (start > size || length > size - start)
		return error_set(err, ERROR_INVALID,
				 "it is cut off: by its boot header the payload ends at byte %llu, "
				 "the file has %zu", (unsigned long long)(start + length), size);
	*ret_payload = (struct payload){ data + start, (size_t)length };
	return 0;
}

static int unpack_payload(const struct payload *payload, struct buffer *into, struct error *err)
{
	uint32_t wanted = get_le(payload->data + payload->size - 4, 4);

	if (wanted > VMLINUX_LIMIT)
		return error_set(err, ERROR_INVALID,
				 "its payload says that it unpacks to %u bytes, the limit is %zu",
				 wanted, VMLINUX_LIMIT);
	if (decompress(payload->data, payload->size, wanted, into, NULL, err) < 0)
		return error_context(err, "its payload");
	if (into->size != wanted)
		return error_set(err, ERROR_INVALID,
				 "its payload unpacks to %zu bytes, but says itself %u", into->size,
				 wanted);
	return 0;
}

static bool is_elf(const void *data, size_t size)
{
	return size >= SELFMAG && !memcmp(data, ELFMAG, SELFMAG);
}

/* Without a boot header that says where: whatever unpacks to an ELF file. */
static int search_payload(const uint8_t *data, size_t size, struct buffer *into, struct error *err)
{
	size_t left = SEARCH_LIMIT;
	unsigned tries = 0;

	for (size_t i = 0; i < size && tries < SEARCH_TRIES && left; i++) {
		enum packing packing = packing_of(data + i, size - i);
		struct error dropped = ERROR_INIT;

		if (packing == PACKING_NONE || packing >= PACKING_LZMA)
			continue;
		tries++;
		buffer_reset(into);
		if (decompress(data + i, size - i, left, into, NULL, &dropped) == 0 &&
		    is_elf(into->data, into->size))
			return 0;
		if (dropped.code == ERROR_INTERRUPTED) {
			*err = dropped;
			return -1;
		}
		left -= into->size;
	}
	return error_set(err, ERROR_INVALID,
			 "it has no boot header and nothing inside that unpacks (gzip, xz, zstd, "
			 "lz4) to an ELF file: not a kernel image");
}

/* Must be an ELF file for a machine we know, and loses what stands behind its end. */
static int check_vmlinux(struct buffer *vmlinux, struct error *err)
{
	auto_elf_view struct elf_view *view = NULL;

	if (elf_view_open(vmlinux->data, vmlinux->size, &view, err) < 0)
		return error_context(err, "the vmlinux inside it");
	if (view->machine != EM_X86_64)
		return error_set(err, ERROR_UNSUPPORTED,
				 "the vmlinux inside it is for ELF machine %u; suture knows x86_64 "
				 "(%u) only", view->machine, EM_X86_64);
	vmlinux->size = (size_t)view->end;
	vmlinux->data[vmlinux->size] = 0;
	return 0;
}

int image_unpack_data(const void *data, size_t size, struct buffer *into, struct error *err)
{
	struct payload payload = { 0 };

	if (is_elf(data, size)) {
		buffer_add(into, data, size);
	} else if (has_setup_header(data, size)) {
		if (find_payload(data, size, &payload, err) < 0 ||
		    unpack_payload(&payload, into, err) < 0)
			return -1;
	} else if (search_payload(data, size, into, err) < 0) {
		return -1;
	}
	return check_vmlinux(into, err);
}

int image_unpack(const char *vmlinuz, const char *vmlinux_out, struct error *err)
{
	auto_buffer struct buffer image = BUFFER_INIT;
	auto_buffer struct buffer vmlinux = BUFFER_INIT;

	if (file_read(vmlinuz, IMAGE_LIMIT, &image, err) < 0)
		return error_context(err, "cannot read the kernel image");
	if (image_unpack_data(image.data, image.size, &vmlinux, err) < 0)
		return error_context(err, "cannot unpack the kernel image %s", vmlinuz);
	return file_write(vmlinux_out, vmlinux.data, vmlinux.size, 0644, false, err);
}
