/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the debug information of one relocatable object says: the types, the functions and the
 * static local variables of its unit. Read once, in one walk; everything else is a look at it.
 *
 * The format is DWARF 4 or 5 (dwarfstd.org) as gcc and clang write it for C, 64-bit little-endian
 * x86. The bytes may be hostile: whatever does not add up is an error, and so is everything that
 * would make the answer incomplete (split DWARF, type units, a language that is not C).
 *
 * The only user of libdw. Its own names begin with dwarf_ as well; the linker tells if one clashes.
 */
#ifndef SUTURE_ELF_DWARF_H
#define SUTURE_ELF_DWARF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "elf/ctype.h"

/*
 * A static variable inside a function, at whatever depth. The compiler numbers their symbols as it
 * likes (count.12), so they are found again by the place they live at and told apart by owner,
 * name and scope. For an inlined function the owner is that function, not the one it went into.
 *
 * Not all have an entry that says where they live. gcc 12 leaves it out for const ones, __func__
 * among them, that only the initialisers of other static variables refer to (the rows of __dyndbg
 * do), and knows nothing of the tables that it makes by itself (CSWTCH). Const data is told apart
 * by its contents; those of __func__ are its owner.
 */
struct static_local {
	const char *name; /* as in the source: "count" */
	const char *owner; /* the function; "" where clang 14 leaves an inlined one unnamed */
	/* Which block of the function: "" its outermost, "1.0" the first block inside the second
	 * one. Blocks are counted as the debug information has them: an edit of the function can
	 * move the numbers. */
	const char *scope;
	const char *section; /* section that it lives in: ".bss.count.12" */
	uint32_t section_index; /* in the object's section table */
	uint64_t offset; /* in the section */
	const struct ctype *type;
	uint64_t size; /* bytes */
	unsigned line; /* of the declaration, 0 if unknown */
	unsigned ordinal; /* which one among those of this owner and name, from 0 */
	unsigned namesakes; /* how many of this owner and name there are, with itself */
};

/* A function that the unit defines, has inlined, or only declares and uses. */
struct cfunction {
	const char *name;
	const struct ctype *type; /* CTYPE_FUNCTION */
	bool is_external; /* not static */
	bool is_inline; /* declared so */
	bool has_code; /* of its own, besides what was inlined elsewhere */
	unsigned line;
};

/* A variable outside of functions, defined or only declared here. */
struct cvariable {
	const char *name;
	const struct ctype *type; /* NULL if it is not said */
};

struct dwarf {
	const struct cvariable *variables; /* in the unit's order; a name may occur more than once */
	size_t variable_count;
	const struct static_local *locals; /* by section index, then offset */
	size_t local_count;
	const struct cfunction *functions; /* defined or inlined; in the unit's order */
	size_t function_count;
	/* Of others, as it is declared here: those that code of the unit calls, and not all of these. */
	const struct cfunction *declared;
	size_t declared_count;
	const struct ctype *const *types; /* every type, in the unit's order */
	size_t type_count;
	struct arena *arena; /* owns all of the above except most texts */
	struct dwarf_image *image; /* owns the texts */
};

/*
 * ERROR_NOT_FOUND: the object is fine and has no debug information (or, dwarf_open() only, there is
 * no such file). ERROR_INVALID: malformed, or something that suture does not read.
 * dwarf_parse() copies what it needs; `name` is only for messages.
 */
int dwarf_open(const char *path, struct dwarf **ret_dwarf, struct error *err);
int dwarf_parse(const void *data, size_t size, const char *name, struct dwarf **ret_dwarf,
		struct error *err);
void dwarf_free(struct dwarf *dwarf);
DEFINE_AUTO(dwarf)
#define auto_dwarf __attribute__((cleanup(auto_dwarf_cleanup)))

/* The static local at exactly this place, or NULL: the symbol is none. By index in the object's
 * section table (which is not elf_section.index of elf/object.h), or by name; NULL as well if
 * several sections of that name have one there. */
const struct static_local *dwarf_find_static_local(const struct dwarf *dwarf,
						   uint32_t section_index, uint64_t offset);
const struct static_local *dwarf_find_static_local_in(const struct dwarf *dwarf,
						      const char *section, uint64_t offset);

#endif
