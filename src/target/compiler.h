/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The compiler that made a kernel: what CONFIG_CC_VERSION_TEXT says of it (the first line of its
 * --version, scripts/cc-version.sh and init/Kconfig), and the same compiler on this machine.
 */
#ifndef SUTURE_TARGET_COMPILER_H
#define SUTURE_TARGET_COMPILER_H

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "target/config.h"

/* Programs that may be the one that such a text means, the likeliest first: "gcc-12" for
 * "gcc-12 (Debian 12.2.0-14) 12.2.0"; "clang-14" and "clang" for "Debian clang version 14.0.6",
 * which does not say what it was called as. Hostile input: only plain names of programs come out,
 * everything else is ERROR_REFUSED ("compiler-mismatch"). */
int compiler_programs(const char *text, struct text_list *into, struct error *err);

/* Finds the compiler that made the kernel on this machine, in exactly its version; a caller frees
 * the program's name. ERROR_REFUSED ("compiler-mismatch") says which package to install. */
int compiler_find(const struct config *config, char **ret_program, const struct progress *progress,
		  struct error *err);

#endif
