/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code and data of a kernel as it was shipped: the vmlinux out of the bootable image, or a module's
 * file. One way to ask both of them: what stands at a place, and where does what stands there point?
 *
 * vmlinux is linked, so a place is an address and a reference is a number in the code. A module is
 * an object, so a place is an offset into one of its sections and a reference is a relocation.
 * The addresses in vmlinux are those of kallsyms: KASLR moves all of them when the kernel boots.
 */
#ifndef SUTURE_TARGET_SHIPPED_H
#define SUTURE_TARGET_SHIPPED_H

#include <stdbool.h>
#include <stdint.h>

#include "elf/object.h"
#include "elf/view.h"
#include "target/kernel.h"
#include "target/symbols.h"

struct place {
	const struct elf_section *section; /* of the module; NULL in vmlinux */
	uint64_t offset; /* into the section; in vmlinux an address */
};

/* Where a reference goes, its addend included. */
struct shipped_target {
	bool is_outside; /* module: to a symbol that the module does not define */
	struct place place;
	const char *name; /* of the outside symbol, else NULL */
	int64_t addend; /* for an outside symbol */
};

struct shipped;

/* `object`: "vmlinux", or a module's name as the kernel spells it. The kernel must outlive it. */
int shipped_open(const struct kernel *kernel, const char *object, struct shipped **ret_shipped,
		 struct error *err);
void shipped_free(struct shipped *shipped);
DEFINE_AUTO(shipped)
#define auto_shipped __attribute__((cleanup(auto_shipped_cleanup)))

/* Takes over what it is given; for tests and for whoever has opened them already. */
struct shipped *shipped_of_module(struct object *module, struct symbol_table *symbols);
/* `data` is borrowed. */
int shipped_of_vmlinux(const void *data, size_t size, struct symbol_table *symbols,
		       struct shipped **ret_shipped, struct error *err);

const char *shipped_object(const struct shipped *shipped);
const struct symbol_table *shipped_symbols(const struct shipped *shipped);
/* NULL for vmlinux. */
const struct object *shipped_module(const struct shipped *shipped);
/* NULL for a module. */
const struct elf_view *shipped_vmlinux(const struct shipped *shipped);
/* Where a symbol of its table stands. False: the table names a section that is not there. */
bool shipped_symbol_place(const struct shipped *shipped, size_t index, struct place *ret_place);
/* The bytes at a place; NULL unless all of them are in the file. */
const uint8_t *shipped_bytes(const struct shipped *shipped, struct place place, uint64_t size);
/* Is that part of its memory, whether or not the file has bytes for it? */
bool shipped_has(const struct shipped *shipped, struct place place, uint64_t size);
/* Where the field at the place points, if a relocation of this type made it. False: nowhere, or
 * there is no such relocation. */
bool shipped_destination(const struct shipped *shipped, struct place place, uint32_t type,
			 struct shipped_target *ret_destination);
/* The relocations that a module has in a range; always 0 for vmlinux. */
size_t shipped_reloc_count(const struct shipped *shipped, struct place place, uint64_t size);
/* The text at a place, up to its zero byte; NULL if there is none. */
const char *shipped_text(const struct shipped *shipped, struct place place);

static inline bool is_same_place(struct place a, struct place b)
{
	return a.section == b.section && a.offset == b.offset;
}

#endif
