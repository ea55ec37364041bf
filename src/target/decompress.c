// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/decompress.h"

#include <string.h>

#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "base/memory.h"
#include "base/process.h"

#define BLOCK_SIZE ((size_t)256 * 1024)
/* The kernel packs with dictionaries of at most 128 MiB (zstd -22 --ultra). */
#define MEMORY_LIMIT ((uint64_t)192 << 20)
#define ZSTD_WINDOW_LOG 27

/* What is being unpacked, common to all formats. */
struct stream {
	const uint8_t *data;
	size_t size;
	size_t used;
	size_t limit; /* of bytes added to `into` */
	size_t made;
	struct buffer *into;
	const char *name;
};

static int stream_cut(const struct stream *stream, struct error *err)
{
	return error_set(err, ERROR_INVALID, "the %s data ends too early, after %zu bytes",
			 stream->name, stream->size);
}

static int stream_broken(const struct stream *stream, const char *why, struct error *err)
{
	return error_set(err, ERROR_INVALID, "the %s data is broken near byte %zu: %s",
			 stream->name, stream->used, why);
}

static int stream_add(struct stream *stream, const void *data, size_t size, struct error *err)
{
	if (size > stream->limit - stream->made)
		return error_set(err, ERROR_INVALID,
				 "the %s data unpacks to more than the limit of %zu bytes",
				 stream->name, stream->limit);
	buffer_add(stream->into, data, size);
	stream->made += size;
	return interrupt_check(err);
}

static int inflate_all(struct stream *stream, z_stream *z, uint8_t *block, struct error *err)
{
	for (;;) {
		size_t left = stream->size - stream->used;

		z->next_in = (uint8_t *)(uintptr_t)(stream->data + stream->used);
		z->avail_in = left > BLOCK_SIZE ? BLOCK_SIZE : (uInt)left;
		z->next_out = block;
		z->avail_out = BLOCK_SIZE;

		uInt offered = z->avail_in;
		int result = inflate(z, Z_NO_FLUSH);

		stream->used += offered - z->avail_in;
		if (stream_add(stream, block, BLOCK_SIZE - z->avail_out, err) < 0)
			return -1;
		if (result == Z_STREAM_END)
			return 0;
		if (result == Z_BUF_ERROR)
			return stream_cut(stream, err);
		if (result != Z_OK)
			return stream_broken(stream, z->msg ? z->msg : "zlib refuses it", err);
	}
}

static int unpack_gzip(struct stream *stream, uint8_t *block, struct error *err)
{
	z_stream z = { 0 };

	/* 16: with the gzip header and checksum. */
	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return error_set(err, ERROR_FAILED, "zlib does not start");

	int result = inflate_all(stream, &z, block, err);

	inflateEnd(&z);
	return result;
}

static int decode_xz(struct stream *stream, lzma_stream *xz, uint8_t *block, struct error *err)
{
	for (;;) {
		xz->next_in = stream->data + stream->used;
		xz->avail_in = stream->size - stream->used;
		xz->next_out = block;
		xz->avail_out = BLOCK_SIZE;

		lzma_ret result = lzma_code(xz, LZMA_RUN);

		stream->used = stream->size - xz->avail_in;
		if (stream_add(stream, block, BLOCK_SIZE - xz->avail_out, err) < 0)
			return -1;
		if (result == LZMA_STREAM_END)
			return 0;
		if (result == LZMA_BUF_ERROR)
			return stream_cut(stream, err);
		if (result == LZMA_MEMLIMIT_ERROR)
			return stream_broken(stream, "it asks for too much memory", err);
		if (result != LZMA_OK)
			return stream_broken(stream, "liblzma refuses it", err);
	}
}

static int unpack_xz(struct stream *stream, uint8_t *block, struct error *err)
{
	lzma_stream xz = LZMA_STREAM_INIT;

	if (lzma_stream_decoder(&xz, MEMORY_LIMIT, 0) != LZMA_OK)
		return error_set(err, ERROR_FAILED, "liblzma does not start");

	int result = decode_xz(stream, &xz, block, err);

	lzma_end(&xz);
	return result;
}

static int decode_zstd(struct stream *stream, ZSTD_DStream *zstd, uint8_t *block,
		       struct error *err)
{
	ZSTD_inBuffer in = { stream->data, stream->size, 0 };

	for (;;) {
		ZSTD_outBuffer out = { block, BLOCK_SIZE, 0 };
		size_t before = in.pos;
		size_t result = ZSTD_decompressStream(zstd, &out, &in);

		stream->used = in.pos;
		if (ZSTD_isError(result))
			return stream_broken(stream, ZSTD_getErrorName(result), err);
		if (stream_add(stream, block, out.pos, err) < 0)
			return -1;
		if (result == 0)
			return 0;
		if (in.pos == before && out.pos == 0)
			return stream_cut(stream, err);
	}
}

static int unpack_zstd(struct stream *stream, uint8_t *block, struct error *err)
{
	ZSTD_DStream *zstd = ZSTD_createDStream();

	if (!zstd)
		return error_set(err, ERROR_FAILED, "libzstd does not start");
	ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);

	int result = decode_zstd(stream, zstd, block, err);

	ZSTD_freeDStream(zstd);
	return result;
}

/*
 * The legacy frame (lz4's doc/lz4_Frame_format.md, "Legacy frame"): the magic number, then blocks
 * of a little-endian size and as many bytes, each of which unpacks to 8 MiB except for the last. It
 * has no end mark: it ends where the data does or where no size can stand, and the kernel puts the
 * unpacked size (4 bytes) behind it.
 */
#define LZ4_BLOCK_SIZE (8 << 20)

static uint32_t get_le32(const uint8_t *data)
{
	return (uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 |
	       (uint32_t)data[3] << 24;
}

static int decode_lz4(struct stream *stream, char *block, struct error *err)
{
	int got = LZ4_BLOCK_SIZE;

	stream->used = 4;
	while (got == LZ4_BLOCK_SIZE && stream->size - stream->used > 4) {
		uint32_t size = get_le32(stream->data + stream->used);

		if (size == 0 || size > (uint32_t)LZ4_COMPRESSBOUND(LZ4_BLOCK_SIZE))
			break;
		if (size > stream->size - stream->used - 4)
			return stream_cut(stream, err);
		got = LZ4_decompress_safe((const char *)stream->data + stream->used + 4, block,
					  (int)size, LZ4_BLOCK_SIZE);
		if (got < 0)
			return stream_broken(stream, "liblz4 refuses the block", err);
		if (stream_add(stream, block, (size_t)got, err) < 0)
			return -1;
		stream->used += 4 + (size_t)size;
	}
	return stream->made ? 0 : stream_cut(stream, err);
}

static int unpack_lz4(struct stream *stream, uint8_t *block, struct error *err)
{
	auto_free char *large = xmalloc(LZ4_BLOCK_SIZE);

	(void)block;
	return decode_lz4(stream, large, err);
}

/* First bytes: lib/decompress.c, compressed_formats[]; each format's own header. `unpack` NULL:
 * known by name only. lzma has no magic number: this is the header of the settings that the kernel
 * uses (properties 5d, dictionary size with zero low bytes). */
static const struct format {
	enum packing packing;
	const char *name;
	uint8_t magic[6];
	uint8_t magic_size;
	int (*unpack)(struct stream *stream, uint8_t *block, struct error *err);
} formats[] = {
	{ PACKING_GZIP, "gzip", { 0x1f, 0x8b, 0x08 }, 3, unpack_gzip },
	{ PACKING_XZ, "xz", { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6, unpack_xz },
	{ PACKING_ZSTD, "zstd", { 0x28, 0xb5, 0x2f, 0xfd }, 4, unpack_zstd },
	{ PACKING_LZ4, "lz4", { 0x02, 0x21, 0x4c, 0x18 }, 4, unpack_lz4 },
	{ PACKING_LZMA, "lzma", { 0x5d, 0, 0 }, 3, NULL },
	{ PACKING_BZIP2, "bzip2", { 'B', 'Z', 'h' }, 3, NULL },
	{ PACKING_LZO, "lzo", { 0x89, 'L', 'Z', 'O', 0, '\r' }, 6, NULL },
};

static const struct format *find_format(const void *data, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (size >= formats[i].magic_size &&
		    !memcmp(data, formats[i].magic, formats[i].magic_size))
			return &formats[i];
	return NULL;
}

enum packing packing_of(const void *data, size_t size)
{
	const struct format *format = find_format(data, size);

	return format ? format->packing : PACKING_NONE;
}

const char *packing_name(enum packing packing)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (formats[i].packing == packing)
			return formats[i].name;
	return "none";
}

int decompress(const void *data, size_t size, size_t limit, struct buffer *into, size_t *ret_used,
	       struct error *err)
{
	const struct format *format = find_format(data, size);

	if (!format)
		return error_set(err, ERROR_INVALID,
				 "the data is not packed in any known way (gzip, xz, zstd, lz4)");
	if (!format->unpack)
		return error_set(err, ERROR_UNSUPPORTED,
				 "the data is packed with %s, which suture does not unpack (gzip, "
				 "xz, zstd and lz4 are)", format->name);

	struct stream stream = {
		.data = data, .size = size, .limit = limit, .into = into, .name = format->name,
	};
	auto_free uint8_t *block = xmalloc(BLOCK_SIZE);

	if (format->unpack(&stream, block, err) < 0)
		return -1;
	if (ret_used)
		*ret_used = stream.used;
	return 0;
}
