/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is the unit that was compiled here the one that runs in the shipped kernel?
 *
 * Compared is the object that the kernel's own build makes (struct unit, "plain") with vmlinux or the
 * module's file: every function and every initialised datum byte by byte outside of relocations, and
 * every relocation by what the shipped symbol table says about its symbol (target/placement.h). Rows
 * of special sections that are about a function (exceptions, alternatives, jump labels, bugs) are
 * found in the shipped tables by the place they are about, and compared in the same way. What is
 * equal was made from the same source, with the same configuration and by the same compiler.
 *
 * The layouts of the types that the unit is compiled with are compared with those that the kernel has
 * of itself (proof/layouts.h).
 *
 * The differ works on another compilation of the unit, with a section for each function: the plain
 * one is compared with that instruction by instruction (proof/pair.h).
 */
#ifndef SUTURE_PROOF_UNIT_PROOF_H
#define SUTURE_PROOF_UNIT_PROOF_H

#include "base/json.h"
#include "base/text.h"
#include "target/placement.h"

enum proof_verdict {
	PROOF_PROVEN, /* everything that can be compared is equal */
	PROOF_PATCHED_ONLY, /* the functions that the patch changes are, others not */
	PROOF_UNPROVEN,
};

struct kernel_layouts; /* proof/layouts.h */

/* "proven", "proven-for-patched", "unproven" */
const char *proof_verdict_name(enum proof_verdict verdict);

struct proof_difference {
	char *subject; /* a function, a variable, or a section */
	char *section;
	uint64_t offset; /* from the subject's start */
	char *text; /* a phrase */
	char *ours, *theirs; /* assembly around the place, some lines; NULL: no code */
	bool is_patched; /* the patch changes this function */
};

struct unit_proof { /* owns its texts */
	char *unit; /* "fs/proc/meminfo.c" */
	char *object; /* "vmlinux" or a module */
	enum proof_verdict verdict;
	size_t functions, equal_functions;
	size_t data_bytes, rows; /* compared besides */
	struct proof_difference *differences;
	size_t count, capacity;
	struct text_list unplaced; /* sections that could not be compared, and why */
	size_t types; /* structs and unions that were compared with the kernel's own */
	struct text_list layouts; /* those of another layout: "struct foo: why" */
};

struct unit_proof_request {
	const char *unit, *object; /* names */
	const char *plain; /* path */
	const char *original; /* path of the object that the differ saw; NULL: not compared */
	const struct text_list *patched; /* names of functions that the patch changes */
	const struct kernel_layouts *layouts; /* of the kernel; NULL: not compared */
};

/* ERROR_INVALID if an object cannot be read; a difference is no error. Caller clears. */
int unit_proof_make(const struct unit_proof_request *request, const struct shipped *shipped,
		    struct unit_proof *ret_proof, struct error *err);
void unit_proof_clear(struct unit_proof *proof);
void unit_proof_write(const struct unit_proof *proof, json_value *into);
/* Why it is not proven, for people: the first difference, side by side. */
void unit_proof_describe(const struct unit_proof *proof, struct buffer *into);

#endif
