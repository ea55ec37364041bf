/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One debugging entry, its attributes taken in a single pass. Part of elf/dwarf; nobody else
 * includes it. Attributes: DWARF 5, section 7.5.4.
 */
#ifndef SUTURE_ELF_DWARF_ENTRY_H
#define SUTURE_ELF_DWARF_ENTRY_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct dwarf_entry {
	Dwarf_Die *die;
	int tag;
	const char *name; /* NULL if none, or "" */
	/* Identities (Dwarf_Die.addr) of the entries it refers to, NULL if none. */
	const void *type;
	const void *origin; /* abstract origin */
	const void *specification; /* declaration that this one completes */
	bool is_declaration, is_external, is_inline, has_code;
	bool has_size, has_bound, has_bit_offset, has_old_bit_offset;
	unsigned encoding, line;
	uint64_t size; /* bytes */
	uint64_t alignment; /* bytes */
	uint64_t bound; /* subrange: elements, 0 for none or not constant */
	uint64_t member_offset; /* bytes */
	uint64_t bit_size;
	uint64_t bit_offset; /* DW_AT_data_bit_offset */
	uint64_t old_bit_offset; /* DW_AT_bit_offset, counted from the other end */
	int64_t value; /* enumerator */
	bool has_address; /* its location is a fixed address */
	uint64_t address;
};

int dwarf_entry_read(Dwarf_Die *die, struct dwarf_entry *ret_entry, struct error *err);
/* "entry 0x1234: " and so on, with libdw's own words if it has some. Returns -1. */
int dwarf_entry_error(Dwarf_Die *die, struct error *err, const char *what);

#endif
