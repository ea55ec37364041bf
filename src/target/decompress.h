/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacking what kernels and their modules are packed with. The only door to zlib, liblzma, libzstd
 * and liblz4. Input is hostile: output is limited by the caller, working memory by a constant.
 *
 * Which formats the kernel uses, and with which settings: scripts/Makefile.lib (cmd_gzip,
 * cmd_xzkern, cmd_zstd22, cmd_lz4) and scripts/Makefile.modinst.
 */
#ifndef SUTURE_TARGET_DECOMPRESS_H
#define SUTURE_TARGET_DECOMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

enum packing {
	PACKING_NONE, /* none that we know by its first bytes */
	PACKING_GZIP,
	PACKING_XZ,
	PACKING_ZSTD,
	PACKING_LZ4, /* the legacy frame: what the kernel makes by "lz4 -l" */
	PACKING_LZMA, /* known by name only: not unpacked */
	PACKING_BZIP2, /* known by name only: not unpacked */
	PACKING_LZO, /* known by name only: not unpacked */
};

/* By the first bytes. */
enum packing packing_of(const void *data, size_t size);
const char *packing_name(enum packing packing);

/* Unpacks the one stream that starts at `data` and appends it to *into. More than `limit` bytes of
 * output, a cut or broken stream: ERROR_INVALID; a format known by name only: ERROR_UNSUPPORTED.
 * Bytes behind the end of the stream are left alone; *ret_used, if not NULL, is how many belonged
 * to it. On failure *into holds an unspecified part. */
int decompress(const void *data, size_t size, size_t limit, struct buffer *into, size_t *ret_used,
	       struct error *err);

#endif
