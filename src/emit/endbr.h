/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions that lose their ENDBR when the kernel or a module starts: .ibt_endbr_seal, a table of
 * 32-bit distances from each entry's own place to the instruction.
 */
#ifndef SUTURE_EMIT_ENDBR_H
#define SUTURE_EMIT_ENDBR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "target/kernel.h"

struct endbr_seals;

/* A kernel or module without the table has nothing sealed. */
int endbr_seals_of_kernel(const struct kernel *kernel, struct endbr_seals **ret_seals,
			  struct error *err);
int endbr_seals_of_module(const char *ko_path, struct endbr_seals **ret_seals, struct error *err);
void endbr_seals_free(struct endbr_seals *seals);

/* `section`: of a module's function; NULL for vmlinux, where `address` says it all. */
bool endbr_is_sealed(const struct endbr_seals *seals, const char *section, uint64_t address);

#endif
