/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bootable kernel image, and the vmlinux inside it. The image may be hostile.
 *
 * Where the payload stands: Documentation/arch/x86/boot.rst, payload_offset and payload_length
 * (boot protocol 2.08 and later); what it is: arch/x86/boot/compressed/Makefile (vmlinux.bin with
 * the relocations of CONFIG_RELOCATABLE behind it, packed, with the unpacked size in 4 bytes behind
 * that unless gzip, which ends that way itself).
 */
#ifndef SUTURE_TARGET_IMAGE_H
#define SUTURE_TARGET_IMAGE_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

/* Writes the ELF file inside a bzImage to vmlinux_out, atomically. An image that is an ELF file
 * already is copied. ERROR_INVALID: cut, broken, beyond a limit; ERROR_UNSUPPORTED: packed in a way
 * or for a machine that suture does not know. */
int image_unpack(const char *vmlinuz, const char *vmlinux_out, struct error *err);

/* The same in memory; appends to *into, which must be empty. */
int image_unpack_data(const void *data, size_t size, struct buffer *into, struct error *err);

#endif
