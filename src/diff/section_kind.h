/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a section of a kernel object means to a livepatch. The table is in section_kind.c; a section
 * that is not in it is unknown, and an unknown section is refused, never passed over.
 */
#ifndef SUTURE_DIFF_SECTION_KIND_H
#define SUTURE_DIFF_SECTION_KIND_H

#include <stdbool.h>

#include "elf/object.h"
#include "model/rule.h"

enum section_kind {
	SECTION_TEXT, /* code, function by function */
	SECTION_FRAGMENT, /* nameless pieces of code that rows and functions refer to */
	SECTION_DATA, /* writable data: lives in the running kernel */
	SECTION_CONST, /* read-only data */
	SECTION_DESCRIPTOR, /* records of one place in the code, copied with it (__dyndbg) */
	SECTION_ROWS, /* a table with a row for each place in the code */
	SECTION_INIT_TEXT, /* code that is gone after boot, or runs at the end */
	SECTION_INIT_DATA,
	SECTION_FIXED, /* tables that the kernel collects at boot: must not change */
	SECTION_EXPORT, /* exported symbols */
	SECTION_REGENERATED, /* made by objtool: made anew for the module */
	SECTION_IGNORED, /* no part of the running kernel */
	SECTION_RECORDS, /* what the macros of suture/livepatch.h say of the livepatch */
	SECTION_REFUSED, /* known, and known not to work */
	SECTION_UNKNOWN,
};

struct section_rule {
	const char *name; /* exact, or with '*' at the end */
	enum section_kind kind;
	/* SECTION_ROWS: relocations in a row; the first names the place in the code. */
	unsigned row_relocs;
	/* SECTION_ROWS: bytes of a row that do not count when comparing (line numbers). */
	unsigned skip_offset, skip_size;
	/* SECTION_ROWS: discarded by the module's linker script; only objtool reads it. */
	bool discarded;
	enum rule_id refusal; /* SECTION_REFUSED */
};

/* Never NULL: SECTION_UNKNOWN has a row as well. */
const struct section_rule *section_rule_find(const struct elf_section *section);

/* A variable of the one section can be reached and written as one of the other can: not so if one
 * of them is per CPU, or is write-protected after boot, or its contents mean something else. */
bool section_is_same_memory(const struct elf_section *a, const struct elf_section *b);
bool section_is_percpu(const struct elf_section *section); /* of any kind: .data..percpu..first */

#endif
