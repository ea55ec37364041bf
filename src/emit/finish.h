/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last pass over a linked module: livepatch symbols and livepatch relocation sections. */
#ifndef SUTURE_EMIT_FINISH_H
#define SUTURE_EMIT_FINISH_H

#include "base/error.h"
#include "elf/object.h"
#include "target/symvers.h"

/*
 * Undefined symbols with livepatch names become SHN_LIVEPATCH, and their relocations move into
 * .klp.rela.<object>.<section> (Documentation/livepatch/module-elf-format.rst). Every other
 * undefined symbol must be an export: an unknown one would only show when loading. After this the
 * order of symbols must not change any more: the sympos are fine, but the kernel keeps the table.
 */
int module_finish(struct object *module, const struct symvers *symvers, struct error *err);

#endif
