/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why the kernel did not take a module, in words. finit_module(2) answers with an errno that stands
 * for a dozen things; the kernel's log has the rest. The table of sentences: kernel/module/main.c,
 * kernel/module/signing.c, kernel/livepatch/core.c, kernel/trace/ftrace.c.
 */
#ifndef SUTURE_RUNTIME_LOAD_ERROR_H
#define SUTURE_RUNTIME_LOAD_ERROR_H

#include "runtime/kernel_log.h"
#include "runtime/machine.h"
#include "runtime/modinfo.h"

/* `log` was opened before the attempt. Returns -1. */
int load_error(const struct sysroot *root, const struct machine *machine,
	       const struct modinfo *info, int number, struct kernel_log *log, struct error *err);

/* The part that needs no machine: from the errno and the log's lines. */
int load_error_text(int number, const char *name, const struct text_list *lines,
		    struct error *err);

#endif
