/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a source tree ready for kbuild, configured exactly as the shipped kernel was. */
#ifndef SUTURE_TARGET_PREPARE_H
#define SUTURE_TARGET_PREPARE_H

#include "base/error.h"
#include "base/log.h"
#include "target/kernel.h"

/* Configures and prepares kernel->source with kernel->config and kernel->make_args.
 * ERROR_REFUSED ("config-mismatch") names the options that could not be had as shipped. */
int source_prepare(const struct kernel *kernel, const struct progress *progress,
		   struct error *err);

#endif
