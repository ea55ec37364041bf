/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's taint flags in words (kernel/panic.c taint_flags[], Documentation/admin-guide/
 * tainted-kernels.rst). */
#ifndef SUTURE_RUNTIME_TAINT_H
#define SUTURE_RUNTIME_TAINT_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/sysroot.h"

struct taint_flag {
	unsigned bit;
	char letter;
	const char *text;
	bool is_trouble; /* the kernel complained about itself or its hardware */
};

/* The table, ordered by bit; NULL behind the last. */
const struct taint_flag *taint_flag_at(unsigned index);
/* The flags of /proc/sys/kernel/tainted; 0 if it cannot be read. */
uint64_t taint_read(const struct sysroot *root);
/* "K livepatch, O out-of-tree module" or "not tainted". Caller frees. */
char *taint_text(uint64_t taint);
/* Only the flags that say that something went wrong. */
uint64_t taint_trouble(uint64_t taint);

#endif
