/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names by which the kernel knows modules. A livepatch's klp_object.name is compared with them byte
 * by byte (find_module() in kernel/livepatch/core.c, klp_find_object_module(), and klp_module_coming()):
 * one that no module can have makes its functions wait for ever.
 */
#ifndef SUTURE_MODEL_MODULE_NAME_H
#define SUTURE_MODEL_MODULE_NAME_H

/* Why no module is called so, a sentence without its end; NULL if one may be. Caller frees. kbuild
 * writes '_' for '-' and ',' (scripts/Makefile.lib, name-fix-token), and only NULL stands for vmlinux
 * (klp_is_module() in kernel/livepatch/core.c). */
char *module_name_problem(const char *name);

#endif
