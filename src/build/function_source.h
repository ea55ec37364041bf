/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which source file of the configuration a function is written in, and how that is compiled. */
#ifndef SUTURE_BUILD_FUNCTION_SOURCE_H
#define SUTURE_BUILD_FUNCTION_SOURCE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "target/kernel.h"

struct function_source { /* owns everything */
	char *source; /* "fs/proc/cmdline.c" */
	char *object; /* "vmlinux", or the module that it is part of */
	struct buffer text;
	struct text_list command; /* argv that compiles it, without -o and the source */
	char *plain; /* its object as kbuild makes it, in the work folder */
};

struct function_source_request {
	const char *function;
	const char *file; /* the author's choice among several; NULL: there should be one */
	const char *module; /* only of this one; NULL: of any */
	const char *work; /* folder, exists */
	const struct progress *progress;
};

/* Reads the sources that the configuration builds. ERROR_NOT_FOUND if none has the function's body;
 * ERROR_USAGE names the files if several have one. */
int function_source_find(const struct kernel *kernel, const struct function_source_request *request,
			 struct function_source *ret_source, struct error *err);
/* In how many of these sources a function of the name has its body: static ones can be several. */
int function_source_count(const struct kernel *kernel, const char *function, size_t *ret_count,
			  struct error *err);
void function_source_clear(struct function_source *source);
#define auto_function_source __attribute__((cleanup(function_source_clear)))

/* Options of its command that other units do not have: folders of headers, definitions. Paths into the
 * tree begin with "$(srctree)". */
void function_source_flags(const struct function_source *source, struct text_list *ret_flags);

#endif
