/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runtime constants (6.12: arch/x86/include/asm/runtime-const.h): the kernel writes a variable's
 * value into "movabs $imm64, %reg" at boot. Nobody does that for a module's code, so the copy in a
 * livepatch loads the variable: "mov variable(%rip), %reg" fits into the same ten bytes.
 */
#ifndef SUTURE_EMIT_RUNTIME_CONSTANT_H
#define SUTURE_EMIT_RUNTIME_CONSTANT_H

#include <stdbool.h>
#include <stdint.h>

/* Is this special section one of places in the code that the kernel rewrites at boot? */
bool runtime_constant_is(const char *section);
/* The variable whose value goes there, borrowed from the name; NULL if it is no plain value. */
const char *runtime_constant_variable(const char *section);
/* `place`: offset of the immediate. Answers where the 32-bit displacement of the load stands; false
 * if the bytes are no movabs. */
bool runtime_constant_rewrite(uint8_t *code, uint64_t size, uint64_t place, uint64_t *ret_field);

#endif
