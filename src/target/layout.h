/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the files of Debian's kernel packages stand below the folder they were unpacked in. */
#ifndef SUTURE_TARGET_LAYOUT_H
#define SUTURE_TARGET_LAYOUT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"
#include "target/kernel.h"

/* Fills in the paths below kernel->folder/root and what the configuration says (compiler, make
 * arguments, digest), and makes the headers usable where they stand: Debian's Makefile and links
 * name /usr/src. Needs folder and id.release. */
int layout_fill(struct kernel *kernel, const struct progress *progress, struct error *err);
/* Compiler, its program, make arguments and digest, from kernel->config. */
int layout_fill_build(struct kernel *kernel, const struct progress *progress, struct error *err);
/* Is there an ELF symbol table and DWARF in this vmlinux? Hostile input is fine. */
int vmlinux_has_debug(const char *vmlinux, bool *ret_has_debug, struct error *err);

#endif
