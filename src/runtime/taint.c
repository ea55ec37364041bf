// SPDX-License-Identifier: GPL-2.0-or-later
#include "runtime/taint.h"

#include "base/memory.h"

static const struct taint_flag flags[] = {
	{ 0, 'P', "proprietary module", false },
	{ 1, 'F', "module was force-loaded", true },
	{ 2, 'S', "kernel runs on hardware out of its specification", true },
	{ 3, 'R', "module was force-unloaded", true },
	{ 4, 'M', "processor reported a machine check", true },
	{ 5, 'B', "bad page", true },
	{ 6, 'U', "taint requested by a user program", false },
	{ 7, 'D', "kernel died: oops or BUG", true },
	{ 8, 'A', "ACPI table overridden", false },
	{ 9, 'W', "kernel warning", true },
	{ 10, 'C', "staging driver", false },
	{ 11, 'I', "firmware bug worked around", false },
	{ 12, 'O', "out-of-tree module", false },
	{ 13, 'E', "unsigned module", false },
	{ 14, 'L', "soft lockup", true },
	{ 15, 'K', "livepatch", false },
	{ 16, 'X', "the distribution's own taint", false },
	{ 17, 'T', "structure layout randomised", false },
	{ 18, 'N', "in-kernel test was run", false },
	{ 19, 'J', "mutating operation by fwctl", false },
};

const struct taint_flag *taint_flag_at(unsigned index)
{
	return index < ARRAY_SIZE(flags) ? &flags[index] : NULL;
}

uint64_t taint_read(const struct sysroot *root)
{
	return (uint64_t)sysroot_number(root, 0, "/proc/sys/kernel/tainted");
}

char *taint_text(uint64_t taint)
{
	auto_buffer struct buffer text = BUFFER_INIT;

	for (unsigned i = 0; i < ARRAY_SIZE(flags); i++) {
		if (taint & 1ULL << flags[i].bit)
			buffer_printf(&text, "%s%c %s", text.size ? ", " : "", flags[i].letter,
				      flags[i].text);
		taint &= ~(1ULL << flags[i].bit);
	}
	if (taint)
		buffer_printf(&text, "%sunknown flags 0x%jx", text.size ? ", " : "",
			      (uintmax_t)taint);
	if (!text.size)
		buffer_add_text(&text, "not tainted");
	return buffer_steal_text(&text);
}

uint64_t taint_trouble(uint64_t taint)
{
	uint64_t trouble = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].is_trouble)
			trouble |= taint & 1ULL << flags[i].bit;
	return trouble;
}
