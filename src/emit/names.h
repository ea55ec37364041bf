/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What livepatch can do with a name, and who else has a function's place. */
#ifndef SUTURE_EMIT_NAMES_H
#define SUTURE_EMIT_NAMES_H

#include <stdbool.h>

#include "elf/object.h"
#include "target/symbols.h"

/* Can ".klp.sym.OBJECT.SYMBOL,N" be written and read again? include/linux/livepatch.h and
 * kernel/livepatch/core.c, klp_resolve_symbols(): "%55[^.].%511[^,],%lu". */
bool klp_name_fits(const char *object, const char *symbol);

/*
 * Another function of vmlinux at the address, or NULL. Not counted: names that the unit itself
 * gives the place (`section`, `value`: in the unit's original object; they are the same code
 * before and after, or refused as aliases), the name of the padding in front, and the marks that
 * the kernel's linker script puts where a section begins or ends (include/asm-
 * generic/vmlinux.lds.h, arch/x86/kernel/vmlinux.lds.S), which nobody calls.
 */
const char *shared_function(const struct symbol_table *table, uint64_t address,
			    const struct elf_section *section, uint64_t value);

#endif
