/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which modules of a kernel have to be loaded, and in which order, for some to be usable. The
 * packages carry no modules.dep (the package's installation makes it), so the dependencies are
 * asked of the modules themselves.
 */
#ifndef SUTURE_LAB_MODULE_ORDER_H
#define SUTURE_LAB_MODULE_ORDER_H

#include "base/error.h"
#include "base/text.h"
#include "target/kernel.h"

/* Adds the paths of the .ko files: first what `module` needs, then itself; what is in the list
 * already is not added again. `module` is a name that the kernel has, or the path of a .ko. */
int module_order_add(const struct kernel *kernel, const char *module, struct text_list *paths,
		     struct error *err);
/* The name that the module in the file has once it is loaded; caller frees. */
int module_read_name(const char *path, char **ret_name, struct error *err);
/* ERROR_UNSUPPORTED if the module in the file says that it is for another kernel (version magic, and
 * the build-id where suture made it). */
int module_check_kernel(const char *path, const struct kernel *kernel, struct error *err);

#endif
