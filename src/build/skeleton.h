/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The C text of a livepatch module for functions of one source file: the functions, renamed, and all
 * of the file that they need, in the file's order. Types and macros are copied; functions and variables
 * that the running kernel has are declared, so that the kernel's own are used; what it has not under
 * its own name (inlined everywhere, or optimised away) is copied.
 */
#ifndef SUTURE_BUILD_SKELETON_H
#define SUTURE_BUILD_SKELETON_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"

enum skeleton_symbol {
	SYMBOL_ABSENT, /* the running kernel has none of this name for this file */
	SYMBOL_INIT, /* only until it is up: there is none left to use or to redirect */
	SYMBOL_EXPORTED, /* any module can use it */
	SYMBOL_HIDDEN, /* wants SUTURE_SYMBOL() with the position */
};

struct skeleton_request {
	const char *source; /* "fs/proc/cmdline.c" */
	const char *release; /* of the kernel, for comments */
	const char *object; /* "vmlinux" or the module that has the functions */
	const struct buffer *text; /* of the source file */
	const struct text_list *functions;
	const struct text_list *symbols; /* more SUTURE_SYMBOL() lines, for what headers use */
	bool reads_keys; /* static keys and calls are to be read in memory */
	const char *tlb; /* a header uses this, which modules do not see of <asm/tlbflush.h>; NULL: none does */
	enum skeleton_symbol (*look)(void *user, const char *name, unsigned *ret_position);
	size_t (*size)(void *user, const char *name); /* bytes of a variable of the file; 0: unknown */
	/* The file's object has a variable of this name that can change: a copy would be another one. */
	bool (*is_live)(void *user, const char *name);
	void *user;
};

/* "livepatch_cmdline_proc_show": of the file, and of the module. Caller frees. */
char *skeleton_name(const struct skeleton_request *request);

/* Notes: what the author should know of the text, sentences. ERROR_UNSUPPORTED says what is missing. */
int skeleton_write(const struct skeleton_request *request, struct buffer *into,
		   struct text_list *ret_notes, struct error *err);

#endif
