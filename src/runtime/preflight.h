/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before a module is handed to the kernel: is it for this kernel and these modules, will the kernel
 * take it, is nothing in its way. The kernel checks far less (vermagic; modules by name only) and
 * says less.
 *
 * suture's own modules carry in .modinfo what they were built for:
 *	suture.kernel_build_id=<hexadecimal>
 *	suture.targets=<module>:<srcversion or build-id>,...
 *	suture.functions=<object>:<function>,...
 * A foreign livepatch carries nothing: only its vermagic can be compared, and a note says so.
 */
#ifndef SUTURE_RUNTIME_PREFLIGHT_H
#define SUTURE_RUNTIME_PREFLIGHT_H

#include "base/log.h"
#include "runtime/machine.h"
#include "runtime/modinfo.h"
#include "runtime/sysroot.h"

/* Fails with the first reason against loading; notes go to progress_say(). */
int preflight_check(const struct sysroot *root, const struct machine *machine,
		    const struct modinfo *info, const struct progress *progress,
		    struct error *err);

#endif
