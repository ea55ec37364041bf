/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which modules does a module hold? Those whose exports it was linked with are loaded before it and cannot
 * be removed while it is there (kernel/module/main.c, ref_module()), and so are those that they hold.
 * A livepatch relocation holds nobody: what it leads to may not be loaded, which makes the livepatch or
 * the patched module fail to load, or may be removed while patched code still calls it.
 */
#ifndef SUTURE_EMIT_HELD_H
#define SUTURE_EMIT_HELD_H

#include "emit/linkage.h"

/* Is `owner`'s code there as long as that of `user` is? Both are objects: "vmlinux" or a module's name. */
int object_holds(struct linkages *linkages, const char *user, const char *owner, bool *ret_holds,
		 struct error *err);

#endif
