/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shipped modules of a kernel: which there are, and where their files stand. */
#ifndef SUTURE_TARGET_MODULES_H
#define SUTURE_TARGET_MODULES_H

#include "base/buffer.h"
#include "base/error.h"
#include "target/kernel.h"

/* Path of the .ko (plain, .xz, .zst or .gz) of the module that the kernel calls `name` ('-' and '_'
 * are the same); caller frees. ERROR_NOT_FOUND. */
int module_find(const struct kernel *kernel, const char *name, char **ret_path, struct error *err);
/* Its contents, unpacked, with the appended signature cut off. */
int module_read(const char *path, struct buffer *into, struct error *err);

#endif
