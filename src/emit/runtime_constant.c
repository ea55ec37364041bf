// SPDX-License-Identifier: GPL-2.0-or-later
#include "emit/runtime_constant.h"

#include <string.h>

#include "base/text.h"
#include "elf/instruction.h"

#define VALUE_PREFIX "runtime_ptr_"

bool runtime_constant_is(const char *section)
{
	return has_prefix(section, "runtime_");
}

const char *runtime_constant_variable(const char *section)
{
	return has_prefix(section, VALUE_PREFIX) ? section + strlen(VALUE_PREFIX) : NULL;
}

bool runtime_constant_rewrite(uint8_t *code, uint64_t size, uint64_t place, uint64_t *ret_field)
{
	struct instruction instruction;

	if (place < 2 || place - 2 > size ||
	    !instruction_decode(code + place - 2, size - (place - 2), &instruction) ||
	    !instruction.is_movabs || instruction.length != 10)
		return false;

	unsigned reg = instruction.movabs_register;
	uint8_t *at = code + place - 2;
	const uint8_t load[10] = {
		(uint8_t)(0x48 | (reg & 8 ? 4 : 0)), /* REX.W, REX.R */
		0x8b, /* mov r64, r/m64 */
		(uint8_t)((reg & 7) << 3 | 5), /* mod 00, rm 101: RIP-relative */
		0, 0, 0, 0, /* displacement, by relocation */
		0x0f, 0x1f, 0x00, /* three-byte nop */
	};

	memcpy(at, load, sizeof(load));
	*ret_field = place + 1;
	return true;
}
