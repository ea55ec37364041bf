// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/packed.h"

#include <string.h>

#include "base/memory.h"

const char *packed_advice(const void *data, size_t size)
{
	static const struct {
		const char *magic;
		size_t size;
		const char *advice;
	} formats[] = {
		{ "\x1f\x8b", 2, "it is packed: unpack it first, with 'gzip -dk FILE'" },
		{ "\xfd" "7zXZ\0", 6, "it is packed: unpack it first, with 'xz -dk FILE'" },
		{ "\x28\xb5\x2f\xfd", 4, "it is packed: unpack it first, with 'zstd -d FILE'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (size >= formats[i].size && !memcmp(data, formats[i].magic, formats[i].size))
			return formats[i].advice;
	return NULL;
}
