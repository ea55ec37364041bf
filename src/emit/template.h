/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of a livepatch module that is the same for every patch of a kernel: init and exit, struct
 * module, version magic, and the commands that link a module. kbuild makes it once for each kernel
 * from a small C file; what kbuild did is then repeated for every patch without starting make.
 */
#ifndef SUTURE_EMIT_TEMPLATE_H
#define SUTURE_EMIT_TEMPLATE_H

#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "target/kernel.h"

/* Sizes and offsets of this kernel's structs, bytes; in the order of the probe in template.c. */
struct template_layout {
	uint64_t func_size, func_old_name, func_new_func, func_old_sympos;
	uint64_t object_size, object_name, object_funcs, object_callbacks;
	uint64_t state_size, state_id, state_version;
	uint64_t module_name, module_name_size;
	uint64_t modversion_size, modversion_name;
};

struct template { /* owns its texts */
	char *folder;
	char *glue; /* object with init and exit; refers to suture_objects[] */
	char *mod; /* object with struct module, .modinfo and __versions, to be adapted */
	struct text_list others; /* objects that kbuild links into every module */
	/* argv without files; run in `cwd`. */
	struct text_list objtool; /* "... FILE"; empty if this kernel runs none */
	struct text_list link; /* "ld ... -o FILE FILES" */
	char *cwd;
	struct template_layout layout;
};

/* Opens it, and has kbuild make it the first time. */
int template_open(const struct kernel *kernel, const struct progress *progress,
		  struct template **ret_template, struct error *err);
void template_free(struct template *template);
DEFINE_AUTO(template)
#define auto_template __attribute__((cleanup(auto_template_cleanup)))

#endif
