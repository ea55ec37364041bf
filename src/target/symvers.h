/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Module.symvers: what the kernel and its modules export. One line an export, five fields separated
 * by tabs: CRC, name, owner ("vmlinux" or the module's path without .ko), kind, namespace
 * (Documentation/kbuild/modules.rst).
 */
#ifndef SUTURE_TARGET_SYMVERS_H
#define SUTURE_TARGET_SYMVERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct export {
	const char *name;
	const char *owner; /* "vmlinux", or a module's name as the kernel spells it: '-' is '_' */
	const char *namespace; /* "" for none */
	uint32_t crc;
	bool gpl_only;
};

struct symvers;
int symvers_read(const char *path, struct symvers **ret_symvers, struct error *err);
void symvers_free(struct symvers *symvers);
/* NULL if it is not exported. */
const struct export *symvers_find(const struct symvers *symvers, const char *name);

#include "base/memory.h"
DEFINE_AUTO(symvers)
#define auto_symvers __attribute__((cleanup(auto_symvers_cleanup)))

#endif
