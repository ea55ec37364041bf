// SPDX-License-Identifier: GPL-2.0-or-later
/* The bytes of a vmlinux's .rodata. */
#include "fuzz.h"

#include <string.h>

#include "target/kallsyms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_kallsyms struct kallsyms *kallsyms = NULL;
	struct error err = ERROR_INIT;

	if (kallsyms_decode_data(data, size, &kallsyms, &err) < 0) {
		MUST(!kallsyms && err.code != ERROR_NONE && err.msg[0]);
		return 0;
	}
	MUST(kallsyms->count > 0);
	for (size_t i = 0; i < kallsyms->count; i++) {
		const struct kallsyms_symbol *symbol = &kallsyms->items[i];

		MUST(symbol->name < kallsyms->names.size);

		const char *name = (const char *)kallsyms->names.data + symbol->name;
		size_t length = strnlen(name, kallsyms->names.size - symbol->name);

		MUST(length > 0 && length < kallsyms->names.size - symbol->name);
		MUST(i == 0 || symbol[-1].address <= symbol->address);
	}
	return 0;
}
