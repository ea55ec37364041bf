/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a configured tree builds. The folders' own Makefiles are evaluated by make, the way
 * scripts/Makefile.build does it (obj-y, obj-m, lib-y and the folders to descend into,
 * Documentation/kbuild/makefiles.rst), one folder when it is asked for.
 */
#ifndef SUTURE_BUILD_KBUILD_CONFIG_H
#define SUTURE_BUILD_KBUILD_CONFIG_H

#include "base/error.h"
#include "target/kernel.h"

struct kbuild_config;

/* `kernel` must outlive it. */
struct kbuild_config *kbuild_config_new(const struct kernel *kernel);
void kbuild_config_free(struct kbuild_config *config);

/*
 * 1 if "fs/proc/meminfo.c" is part of the kernel or of a module, 0 if it is not, -1 on error. With
 * 0, *ret_why is a sentence that names the option where the Makefile shows it; caller frees.
 */
int kbuild_config_has(struct kbuild_config *config, const char *source, char **ret_why,
		      struct error *err);

#include "base/memory.h"
DEFINE_AUTO(kbuild_config)
#define auto_kbuild_config __attribute__((cleanup(auto_kbuild_config_cleanup)))

#endif
