/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a configured tree builds: every object of the kernel and its modules. The folders' own
 * Makefiles are evaluated by make, the way scripts/Makefile.build does it (obj-y, obj-m, lib-y and
 * the folders to descend into, Documentation/kbuild/makefiles.rst), from the top down. A Makefile
 * may name objects of other folders (arch/x86/kvm builds virt/kvm), so only the whole walk knows.
 */
#ifndef SUTURE_BUILD_KBUILD_CONFIG_H
#define SUTURE_BUILD_KBUILD_CONFIG_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"
#include "target/kernel.h"

struct kbuild_config;

/* From the file `kept`, or by a walk with `jobs` makes (a few seconds), which is then kept there if
 * `keep`. */
int kbuild_config_open(const struct kernel *kernel, const char *kept, bool keep, unsigned jobs,
		       const struct progress *progress, struct kbuild_config **ret_config,
		       struct error *err);
void kbuild_config_free(struct kbuild_config *config);

/* If the source (C or assembly) is part of the kernel or of a module, its path as kbuild spells it:
 * that of the folder whose Makefile names it, then "../" for a source of another folder. NULL if it
 * is not. Caller frees. */
char *kbuild_config_find(const struct kbuild_config *config, const char *source);

/* All objects, in the order of the walk: "fs/proc/cmdline.o". */
size_t kbuild_config_count(const struct kbuild_config *config);
const char *kbuild_config_object(const struct kbuild_config *config, size_t index);

#include "base/memory.h"
DEFINE_AUTO(kbuild_config)
#define auto_kbuild_config __attribute__((cleanup(auto_kbuild_config_cleanup)))

#endif
