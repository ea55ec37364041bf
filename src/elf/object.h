/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF relocatable object (or a kernel module, which is one), as a graph of sections, symbols and
 * relocations that point at each other. It can be read, changed, made anew and written.
 *
 * Everything lives in the object's arena: pointers stay valid until object_free(). Input may be
 * hostile: every index, offset and count is checked when reading, and what does not fit together is
 * refused with ERROR_INVALID.
 *
 * Formats: System V ABI, chapters 4 and 5; x86-64 psABI, section 4.4; for livepatch sections
 * Documentation/livepatch/module-elf-format.rst.
 */
#ifndef SUTURE_ELF_OBJECT_H
#define SUTURE_ELF_OBJECT_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

#ifndef SHF_RELA_LIVEPATCH
#define SHF_RELA_LIVEPATCH 0x00100000 /* include/uapi/linux/elf.h */
#endif
#ifndef SHN_LIVEPATCH
#define SHN_LIVEPATCH 0xff20 /* include/uapi/linux/elf.h */
#endif

#define OBJECT_SIZE_LIMIT ((size_t)512 << 20)

struct elf_section;
struct elf_symbol;

struct elf_reloc {
	uint64_t offset; /* into the section that it changes */
	uint32_t type; /* R_X86_64_* */
	int64_t addend;
	struct elf_symbol *symbol; /* NULL for symbol index 0 */
};

struct elf_relocs {
	struct elf_reloc *items; /* ascending offset; equal offsets in file order */
	size_t count, capacity;
};

struct elf_symbol {
	const char *name; /* "" for section symbols */
	uint64_t value; /* offset into its section */
	uint64_t size;
	uint8_t type; /* STT_* */
	uint8_t bind; /* STB_* */
	uint8_t visibility; /* STV_* */
	uint16_t special; /* SHN_UNDEF, SHN_ABS, SHN_COMMON or SHN_LIVEPATCH if section is NULL */
	struct elf_section *section; /* where it is defined, or NULL */
	size_t index; /* in object->symbols; kept by object_write() */
	void *user; /* for whoever works on the object */
};

struct elf_section {
	const char *name;
	uint32_t type; /* SHT_* */
	uint64_t flags; /* SHF_* */
	uint64_t align; /* at least 1 */
	uint64_t entsize;
	uint64_t size;
	const uint8_t *data; /* NULL for SHT_NOBITS or size 0; section_make_writable() to change */
	struct elf_section *link; /* SHF_LINK_ORDER: the section it goes with; else NULL */
	struct elf_relocs relocs; /* the ordinary ones */
	struct elf_symbol *section_symbol; /* its STT_SECTION symbol, or NULL */
	struct elf_symbol **symbols; /* read: defined here, no section symbols, ascending value */
	size_t symbol_count;
	size_t index; /* in object->sections */
	void *user;
};

/* A .klp.rela.<object>.<section>: relocations that the livepatch core applies. */
struct elf_klp_relocs {
	const char *object; /* "vmlinux" or a module's name */
	struct elf_section *target;
	struct elf_relocs relocs;
};

struct object {
	struct arena *arena;
	const char *path; /* for messages */
	uint16_t type; /* ET_REL */
	struct elf_section **sections; /* without the null section, symbol, string and reloc tables */
	size_t section_count, section_capacity;
	struct elf_symbol **symbols; /* in the order of the symbol table, without the null symbol */
	size_t symbol_count, symbol_capacity;
	struct elf_klp_relocs **klp; /* of a finished livepatch module */
	size_t klp_count, klp_capacity;
	bool has_debug_relocs; /* relocations of .debug_* were read */
};

enum object_read_flags {
	OBJECT_READ_DEBUG_RELOCS = 1, /* else relocations of .debug_* sections are left out, and
					 such an object cannot be written */
};

/* Reads an ELF64 little-endian x86-64 object. */
int object_read(const char *path, unsigned flags, struct object **ret_object, struct error *err);
/* The same from memory, which is copied. */
int object_parse(const void *data, size_t size, const char *path, unsigned flags,
		 struct object **ret_object, struct error *err);
void object_free(struct object *object);
DEFINE_AUTO(object)
#define auto_object __attribute__((cleanup(auto_object_cleanup)))

struct object *object_new(const char *path);
/* Names are copied into the arena. */
struct elf_section *object_add_section(struct object *object, const char *name, uint32_t type,
				       uint64_t flags, uint64_t align);
struct elf_symbol *object_add_symbol(struct object *object, const char *name,
				     struct elf_section *section, uint64_t value, uint64_t size,
				     uint8_t bind, uint8_t type);
struct elf_klp_relocs *object_add_klp(struct object *object, const char *klp_object,
				      struct elf_section *target);
void relocs_add(struct object *object, struct elf_relocs *relocs, struct elf_reloc reloc);
/* Index of the first one at or behind the offset; count if there is none. */
size_t relocs_from(const struct elf_relocs *relocs, uint64_t offset);
/* The first one at exactly this offset, or NULL. */
const struct elf_reloc *relocs_at(const struct elf_relocs *relocs, uint64_t offset);
/* The section's bytes for changing, in the arena. Not for SHT_NOBITS. */
uint8_t *section_make_writable(struct object *object, struct elf_section *section);
/* Appends bytes (zeros for data NULL) at the alignment; returns their offset. */
uint64_t section_append(struct object *object, struct elf_section *section, const void *data,
			uint64_t size, uint64_t align);
/* The section's STT_SECTION symbol, made if need be. */
struct elf_symbol *section_symbol(struct object *object, struct elf_section *section);

/* Takes sections out, with their symbols and relocations. Nothing that stays may refer to them. */
void object_drop_sections(struct object *object, bool (*is_dropped)(const struct elf_section *));
/* For object_drop_sections(): debugging information. */
bool is_debug_section(const struct elf_section *section);

/* First of the name, or NULL. */
struct elf_section *object_find_section(const struct object *object, const char *name);
struct elf_symbol *object_find_symbol(const struct object *object, const char *name);

/* Sections, symbol and string tables, relocation tables. Local symbols come first, otherwise the
 * order of symbols stays. Atomic. */
int object_write(struct object *object, const char *path, struct error *err);

/* "R_X86_64_PC32", or "type 77". Valid until the next call with an unknown type. */
const char *reloc_type_name(uint32_t type);
/* Bytes that a relocation of this type changes; 0 for a type that suture does not know. */
unsigned reloc_size(uint32_t type);
bool is_reloc_relative(uint32_t type);

bool is_text_section(const struct elf_section *section);
bool is_string_section(const struct elf_section *section); /* SHF_MERGE | SHF_STRINGS, 1 byte */

#endif
