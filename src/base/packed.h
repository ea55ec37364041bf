/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a file packed? For an error that says so, where something else was expected. */
#ifndef SUTURE_BASE_PACKED_H
#define SUTURE_BASE_PACKED_H

#include <stddef.h>

/*
 * By the first bytes: "it is packed: unpack it first, with 'xz -dk FILE'", or NULL if it is packed by nothing
 * that modules come in (scripts/Makefile.modinst: gzip, xz, zstd). RFC 1952, 2.3.1; the .xz file format,
 * 2.1.1.1; RFC 8878, 3.1.1.
 */
const char *packed_advice(const void *data, size_t size);

#endif
