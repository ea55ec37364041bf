/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a build may write over: what a build wrote. */
#ifndef SUTURE_CLI_AUTHOR_OVERWRITE_H
#define SUTURE_CLI_AUTHOR_OVERWRITE_H

#include "base/error.h"

/* 0 if the path is free, or a module (.ko) or manifest or report (other names) that suture made, or no
 * regular file (/dev/null). Else ERROR_FAILED, which names --force. */
int overwrite_check(const char *path, struct error *err);

#endif
