/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.json: a struct kernel as it stands in its folder. Paths inside the folder are relative to
 * it, so that a cache may be moved; those of an imported tree are absolute.
 */
#ifndef SUTURE_TARGET_DESCRIPTION_H
#define SUTURE_TARGET_DESCRIPTION_H

#include "target/kernel.h"

/* Writes it durably, as the last act of making a kernel: with it the kernel exists. */
int description_write(const struct kernel *kernel, struct error *err);
/* Reads the kernel in this folder. ERROR_NOT_FOUND if there is none, ERROR_INVALID if what the
 * description names is not there. */
int description_read(const char *folder, struct kernel **ret_kernel, struct error *err);

/* The kernel's facts and paths as a JSON object; `folder` NULL: paths stay absolute. */
json_value *description_json(const struct kernel *kernel, const char *folder);

#endif
