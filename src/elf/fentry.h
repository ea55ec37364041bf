/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places that ftrace can turn into a call: of the compiler, a call of __fentry__ (-mfentry). gcc
 * lists them in __mcount_loc (-mrecord-mcount). For compilers that do not, objtool makes the list and
 * writes a nop over each call (CONFIG_FTRACE_MCOUNT_USE_OBJTOOL; tools/objtool/check.c,
 * add_call_destinations(), annotate_call_site() and create_mcount_loc_sections()).
 */
#ifndef SUTURE_ELF_FENTRY_H
#define SUTURE_ELF_FENTRY_H

#include "elf/object.h"

#define FENTRY_SIZE 5

/* The nop of that length, arch_nop_insn() in tools/objtool/arch/x86/decode.c. */
bool fentry_is_nop(const uint8_t *code, uint64_t left);
/* Is there such a call, or such a nop that __mcount_loc names? `offset` into a section of the
 * object, which may be hostile: anything may be asked. */
bool fentry_is_at(const struct object *object, const struct elf_section *section, uint64_t offset);
/* The same behind ENDBR64, if there is one: `offset` of a function's entry. */
bool fentry_begins(const struct object *object, const struct elf_section *section, uint64_t offset);

#endif
