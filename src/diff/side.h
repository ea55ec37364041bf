/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One of the two objects that are compared, cut into atoms: the smallest pieces that are compared
 * and carried as a whole. A function is an atom, a variable is one, a nameless constant, a fragment
 * of alternative code. Rows of special sections belong to the atom whose code they are about.
 *
 * Everything lives in the object's arena. The object may be hostile: side_open() checks it.
 */
#ifndef SUTURE_DIFF_SIDE_H
#define SUTURE_DIFF_SIDE_H

#include <stdbool.h>

#include "base/map.h"
#include "diff/section_kind.h"
#include "elf/object.h"
#include "model/rule.h"

struct dwarf;

enum atom_state {
	ATOM_SAME, /* has a twin that says the same */
	ATOM_CHANGED, /* has a twin that says something else */
	ATOM_NEW, /* has no twin (in the old object: gone) */
};

struct row { /* of a special section */
	struct elf_section *section;
	uint64_t offset, size;
	struct elf_reloc *relocs; /* those in the row, in order */
	size_t reloc_count;
	struct row *next; /* of the same atom, ascending place in the code */
	uint64_t place; /* of the code it is about, offset into its atom */
};

struct atom {
	struct side *side;
	struct elf_section *section;
	enum section_kind kind;
	uint64_t start, end; /* offsets into the section */
	struct elf_symbol *symbol; /* NULL for a nameless one */
	const char *name; /* the symbol's, or the section's for a nameless one */
	const char *base; /* without the compiler's number: "count" of "count.12" */
	bool is_function;
	bool is_numbered; /* the name ends with a number that the compiler chose */
	bool is_special_static; /* a fresh copy is as good as the old one: __func__, once-flags */
	bool has_fentry; /* function: ftrace can redirect it */
	bool leaves_by_short_branch; /* a one-byte branch to another atom: cannot be moved */
	struct atom *parent; /* of a .cold part: its function */
	struct elf_reloc *relocs; /* those in the atom, in order */
	size_t reloc_count;
	struct row *rows;

	/* What comparing found. */
	struct atom *twin; /* in the other object */
	enum atom_state state;
	const char *why; /* of a changed one, a phrase; in the arena */
	bool has_owner; /* numbered, and the debug information says in which function it is */
	bool is_ambiguous; /* numbered, and could not be told from its namesakes */
	/* Paired by has_owner: "function variable", in the arena; else NULL. The line that it is
	 * declared on, 0 if unknown; by it alone if the function has others of the name. */
	const char *local_name;
	unsigned local_line;
	bool has_namesakes;
	bool is_renewed; /* lost its twin to diff/renew.h */
	bool is_wanted; /* function: it counts as changed, see changeset_make_also() */
	bool is_carried; /* goes into the module */
	bool is_within; /* emitted in the extent of a replaced function, see emit/extent.h */
	void *user; /* for the emitter */
};

struct section_atoms { /* elf_section.user */
	const struct section_rule *rule;
	struct atom **items; /* ascending start */
	size_t count;
	/* Text: for each relocation, bytes from its offset to the end of the instruction. */
	uint8_t *tails;
};

struct side {
	struct object *object;
	const char *unit; /* "fs/proc/meminfo.c", for findings; may be NULL */
	struct atom **atoms; /* all, in order of sections */
	size_t atom_count, atom_capacity;
	struct map *by_name; /* exact symbol name -> atom; first wins */
	uint64_t padding; /* bytes of padding in front of each function's symbol */
	struct dwarf *dwarf; /* for side_dwarf() alone */
};

/* Reads the object and cuts it up. What cannot be understood is a finding and then ERROR_REFUSED;
 * what is no object at all is ERROR_INVALID. `unit` is borrowed. */
int side_open(const char *path, const char *unit, struct finding_list *findings,
	      struct side **ret_side, struct error *err);
void side_free(struct side *side);

/* The object's debug information. It is read the first time that somebody asks, belongs to the side
 * and is good until side_forget_dwarf(): it is large. Errors are those of dwarf_open(). */
int side_dwarf(struct side *side, const struct dwarf **ret_dwarf, struct error *err);
void side_forget_dwarf(struct side *side);

/* Where a relocation points. */
enum target_kind {
	TARGET_NONE, /* nowhere: symbol index 0 */
	TARGET_OUTSIDE, /* a symbol that the object does not define, plus addend as it stands */
	TARGET_ATOM, /* an atom plus offset */
	TARGET_TEXT, /* a place in a section of merged strings */
	TARGET_CONSTANT, /* a place in a section of merged constants */
	TARGET_ABSOLUTE, /* a number */
};

struct target {
	enum target_kind kind;
	struct elf_symbol *symbol; /* OUTSIDE */
	struct atom *atom; /* ATOM */
	int64_t offset; /* ATOM: from the atom's start; OUTSIDE: addend plus tail */
	struct elf_section *section; /* TEXT, CONSTANT */
	const uint8_t *bytes; /* TEXT, CONSTANT: what stands there */
	uint64_t size; /* TEXT: with the zero; CONSTANT: of the whole constant or wide text */
	/* Bytes from the relocation's offset to the end of the instruction; 0 in data. The
	 * relocation's own addend is offset - tail for relative types. */
	unsigned tail;
};

/* `section` is the one that the relocation changes. -1 with ERROR_INVALID if it makes no sense. */
int target_of(const struct elf_section *section, const struct elf_reloc *reloc,
	      struct target *ret_target, struct error *err);

/* CALL, JMP or Jcc with 32 bits (Intel SDM, volume 2): the one kind of reference that takes no
 * address. The relocation's type does not tell: the assembler writes PC32 for calls of local
 * functions. What else has a relative field has a ModRM byte in front of it, of the form 00 xxx
 * 101. */
bool reloc_is_branch(const struct elf_section *section, const struct elf_reloc *reloc);
/* Of these the CALL, which leaves its function on the stack. */
bool reloc_is_call(const struct elf_section *section, const struct elf_reloc *reloc);

/* Of the new object: ftrace leads from the function's old code to this. A cold part is reached from its
 * function only. */
static inline bool atom_is_replacement(const struct atom *atom)
{
	return atom->is_function && atom->state == ATOM_CHANGED && !atom->parent && atom->twin &&
	       atom->is_carried;
}
/* Of the old object: the twin of such a one. */
static inline bool atom_is_replaced(const struct atom *atom)
{
	return atom->twin && atom_is_replacement(atom->twin);
}

static inline struct section_atoms *atoms_of(const struct elf_section *section)
{
	return section->user;
}
/* The atom that holds this offset, or the last one before it; NULL if the section has none. */
struct atom *atom_at(const struct elf_section *section, int64_t offset);
/* The variable or constant that has this name, perhaps among others; NULL if there is none. */
struct atom *side_find_variable(const struct side *side, const char *name);
/* "foo", or ".rodata.cst16+0x10"; in the arena. */
const char *atom_text(const struct atom *atom);

#endif
