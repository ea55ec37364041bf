/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbol table that a kernel carries inside itself (CONFIG_KALLSYMS), decoded from its vmlinux.
 * Input is hostile: nothing is believed that does not check out.
 *
 * The tables are written by scripts/kallsyms.c (write_src) into .rodata, one after the other, each
 * aligned to 8. They have no header, so they are found by their own structure:
 *
 *   up to 6.1     offsets relative_base num_syms names markers token_table token_index
 *   6.1.y, 6.2    offsets relative_base num_syms names markers seqs_of_names token_table token_index
 *   6.4 and later num_syms names markers token_table token_index offsets relative_base seqs_of_names
 *
 * names: for each symbol a length (one byte, or two as ULEB128 since 6.1) and as many bytes, each of
 * which stands for a text in token_table; the first letter of the whole is the type as nm prints
 * it. markers: where every 256th name starts. offsets: see kallsyms_sym_address() in
 * kernel/kallsyms.c, with and without CONFIG_KALLSYMS_ABSOLUTE_PERCPU. seqs_of_names: indexes of
 * the symbols in the order of their names, 3 bytes each, big-endian.
 */
#ifndef SUTURE_TARGET_KALLSYMS_H
#define SUTURE_TARGET_KALLSYMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "elf/view.h"

/* Longest name, with the zero byte. The kernel's KSYM_NAME_LEN is 512 since 6.1. */
#define KALLSYMS_NAME_LIMIT 1024

struct kallsyms_symbol {
	uint64_t address; /* as linked; for per-CPU symbols the offset in the per-CPU area */
	uint32_t name; /* offset in names */
	char type; /* nm's letter; 'A' for per-CPU symbols where they are absolute */
};

struct kallsyms {
	struct kallsyms_symbol *items; /* in the kernel's order */
	size_t count;
	struct buffer names; /* each ends with a zero byte */
};

/* ERROR_NOT_FOUND: no such tables (CONFIG_KALLSYMS off, or a layout that is not known);
 * ERROR_INVALID: there are, but broken. */
int kallsyms_decode(const struct elf_view *vmlinux, struct kallsyms **ret_kallsyms,
		    struct error *err);
/* The same from the bytes of the section that holds the tables (.rodata), which starts at an
 * address that is a multiple of 8. */
int kallsyms_decode_data(const void *data, size_t size, struct kallsyms **ret_kallsyms,
			 struct error *err);
void kallsyms_free(struct kallsyms *kallsyms);

#include "base/memory.h"
DEFINE_AUTO(kallsyms)
#define auto_kallsyms __attribute__((cleanup(auto_kallsyms_cleanup)))

#endif
