/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kbuild compiles units of the original tree, exactly as they were shipped. */
#ifndef SUTURE_BUILD_KBUILD_H
#define SUTURE_BUILD_KBUILD_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "target/kernel.h"

/* What kbuild says of one unit after compiling it. */
struct kbuild_unit {
	struct text_list command; /* argv without -o, dependency output and the source */
	char *module; /* KBUILD_MODNAME; several modules share a unit as "a:b". "" in assembly. */
	bool is_module; /* -DMODULE */
	struct text_list deps; /* files that it is made from, generated ones too */
};

/* Path below the tree of what kbuild makes: "fs/proc/meminfo.c" -> "fs/proc/meminfo.o", assembly
 * text (".s") for generated constants; caller frees. */
char *kbuild_object(const char *source);

/* Sources here are spelled as kbuild does, see kbuild_config_find(). */

/* One make run for all of them, with `jobs` compilers. What an earlier run has left is made again.
 * The caller holds the lock of the source tree. ERROR_TOOL with make's words. */
int kbuild_make(const struct kernel *kernel, const struct text_list *sources, unsigned jobs,
		struct error *err);
/* Reads what kbuild recorded; the object must be made from exactly this source. */
int kbuild_unit_read(const struct kernel *kernel, const char *source,
		     struct kbuild_unit *ret_unit, struct error *err);
void kbuild_unit_clear(struct kbuild_unit *unit);

#define auto_kbuild_unit __attribute__((cleanup(kbuild_unit_clear)))

#endif
