/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a source tree ready for kbuild, configured exactly as the shipped kernel was. */
#ifndef SUTURE_TARGET_PREPARE_H
#define SUTURE_TARGET_PREPARE_H

#include "base/error.h"
#include "base/log.h"
#include "target/config.h"
#include "target/kernel.h"

/* Finds the compiler that made the kernel on this machine; a caller frees the program's name.
 * ERROR_REFUSED ("compiler-mismatch") says which package to install. */
int compiler_find(const struct config *config, char **ret_program, const struct progress *progress,
		  struct error *err);

/* Configures and prepares kernel->source with kernel->config and kernel->make_args.
 * ERROR_REFUSED ("config-mismatch") names the options that could not be had as shipped. */
int source_prepare(const struct kernel *kernel, const struct progress *progress,
		   struct error *err);

#endif
