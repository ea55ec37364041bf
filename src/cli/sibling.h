/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SUTURE_CLI_SIBLING_H
#define SUTURE_CLI_SIBLING_H

#include "base/error.h"

/* Another of suture's programs: beside this one (not if /proc is not mounted, which says where that is), or where
 * they are installed. The caller frees the path. ERROR_NOT_FOUND. */
int sibling_find(const char *name, char **ret_path, struct error *err);

#endif
