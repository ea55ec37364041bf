/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a configuration does not build a source, as far as its Makefile shows it. */
#ifndef SUTURE_BUILD_NOT_BUILT_H
#define SUTURE_BUILD_NOT_BUILT_H

#include <stdbool.h>

#include "target/kernel.h"

/* Half a sentence that names the option of a line such as "obj-$(CONFIG_X) += meminfo.o", or says
 * that there is none; caller frees. */
char *not_built_reason(const struct kernel *kernel, const char *object);
/* It is (a file of) a program that runs while the kernel is built ("hostprogs += mktables"): what that
 * writes is compiled, and nobody here would write it anew. */
bool not_built_is_generator(const struct kernel *kernel, const char *object);

#endif
