/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables that klp_enable_patch() takes: suture_objects[], one klp_object each for vmlinux and the
 * modules, and their klp_func arrays (include/linux/livepatch.h). Both end with an empty entry.
 */
#ifndef SUTURE_EMIT_KLP_TABLES_H
#define SUTURE_EMIT_KLP_TABLES_H

#include "emit/assembly.h"

/* Adds them to the assembly's object; all its functions are placed and listed. */
void klp_tables_make(struct assembly *assembly, const struct template_layout *layout);

#endif
