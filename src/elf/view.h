/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A look at an ELF file that somebody else holds in memory: section headers, the bytes of a section
 * or of an address, symbols. Read-only, cheap (nothing is copied but the section headers), made for
 * vmlinux files of hundreds of megabytes and for hostile ones: every offset is checked here, so that
 * callers only see bytes that are there. 64-bit little-endian only.
 *
 * For taking an object apart and changing it there is elf/object.h.
 */
#ifndef SUTURE_ELF_VIEW_H
#define SUTURE_ELF_VIEW_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct view_section {
	const char *name;
	uint32_t type;
	uint32_t link; /* index of a section */
	uint64_t flags;
	uint64_t address;
	uint64_t size;
	const uint8_t *data; /* size bytes; NULL where the file has none (SHT_NOBITS) */
	uint64_t offset; /* in the file */
};

struct elf_view {
	const uint8_t *data; /* the caller's */
	size_t size;
	uint16_t type; /* ET_EXEC, ET_REL ... */
	uint16_t machine; /* EM_X86_64 ... */
	struct view_section *sections;
	size_t section_count;
	uint64_t end; /* offset behind the last byte that belongs to the file */
};

struct view_symbol {
	const char *name; /* "" for none */
	uint64_t value;
	uint64_t size;
	uint8_t type; /* STT_ */
	uint8_t binding; /* STB_ */
	uint16_t shndx; /* index of a section, or SHN_UNDEF, SHN_ABS, SHN_COMMON */
};

struct view_symtab {
	const uint8_t *entries; /* Elf64_Sym[count], perhaps not aligned */
	size_t count;
	const char *strings;
	size_t strings_size;
	size_t section_count; /* of the file, to check shndx */
};

/* `data` must outlive the view. `size` may be larger than the file: what is behind it is ignored. */
int elf_view_open(const void *data, size_t size, struct elf_view **ret_view, struct error *err);
void elf_view_free(struct elf_view *view);

/* NULL: no section of that name. */
const struct view_section *elf_view_section(const struct elf_view *view, const char *name);
/* The bytes at an address, by the sections that are loaded; NULL unless all of them are there. */
const uint8_t *elf_view_at(const struct elf_view *view, uint64_t address, uint64_t size);

bool elf_view_has_symbols(const struct elf_view *view);
/* The SHT_SYMTAB; ERROR_NOT_FOUND if the file is stripped. */
int elf_view_symtab(const struct elf_view *view, struct view_symtab *ret_table, struct error *err);
int view_symtab_get(const struct view_symtab *table, size_t index, struct view_symbol *ret_symbol,
		    struct error *err);

#include "base/memory.h"
DEFINE_AUTO(elf_view)
#define auto_elf_view __attribute__((cleanup(auto_elf_view_cleanup)))

#endif
