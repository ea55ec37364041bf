/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which modules does a module hold? Those whose exports it was linked with are loaded before it and cannot
 * be removed while it is there (kernel/module/main.c, ref_module()), and so are those that they hold.
 * A livepatch relocation holds nobody: what it leads to may not be loaded, which makes the livepatch or
 * the patched module fail to load, or may be removed while patched code still calls it.
 */
#ifndef SUTURE_TARGET_HELD_H
#define SUTURE_TARGET_HELD_H

#include "target/shipped.h"
#include "target/symvers.h"

struct held_source {
	const struct symvers *symvers;
	/* An object of the kernel by its name; borrowed. */
	int (*find)(void *context, const char *object, const struct shipped **ret_shipped,
		    struct error *err);
	void *context;
};

/* Is `owner`'s code there as long as that of `user` is? Both are objects: "vmlinux" or a module's name. */
int object_holds(const struct held_source *source, const char *user, const char *owner,
		 bool *ret_holds, struct error *err);

#endif
