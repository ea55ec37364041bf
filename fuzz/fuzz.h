/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fuzz target defines (https://llvm.org/docs/LibFuzzer.html). */
#ifndef SUTURE_FUZZ_H
#define SUTURE_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever the input is. */
#define MUST(condition)                   \
	do {                              \
		if (!(condition))         \
			__builtin_trap(); \
	} while (0)

#endif
