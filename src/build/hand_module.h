/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A livepatch module written by hand: a folder with C files and a Kbuild file or Makefile, built by the
 * kernel's own build system. The folder is copied; nothing is written into it.
 */
#ifndef SUTURE_BUILD_HAND_MODULE_H
#define SUTURE_BUILD_HAND_MODULE_H

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "target/kernel.h"

struct hand_module_request {
	const char *folder; /* the author's */
	const char *work; /* exists; 1-source and include are made in it */
	const char *module; /* which of several; NULL: there is one */
	const struct text_list *variables; /* for make: "CONFIG_SAMPLE_LIVEPATCH=m" */
	const struct progress *progress;
};

/* *ret_sources: the author's files that were copied, relative to the folder; *ret_module: path of the
 * .ko, as kbuild left it. Symbols that nobody exports stay undefined. ERROR_INVALID for a folder without
 * a makefile or a makefile that builds nothing, ERROR_TOOL with the compiler's words. */
int hand_module_build(const struct kernel *kernel, const struct hand_module_request *request,
		      struct text_list *ret_sources, char **ret_module, struct error *err);

#endif
