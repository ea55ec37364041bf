/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The audit of a module's file; suture build ends with it, suture verify is it. */
#ifndef SUTURE_CLI_AUTHOR_VERIFY_H
#define SUTURE_CLI_AUTHOR_VERIFY_H

#include "base/json.h"
#include "proof/audit.h"
#include "target/kernel.h"

/* 0 whatever the checks say: ask audit_error(). `manifest` and `intent`: NULL if there is none. */
int verify_file(const char *path, const struct kernel *kernel, const json_value *manifest,
		const struct intent *intent, struct audit *ret_audit, struct error *err);

#endif
