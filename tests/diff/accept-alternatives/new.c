// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/string.h>
#include <asm/barrier.h>
#include <asm/cpufeature.h>
extern int work(int), slow(int);
int same(int value)
{
	return static_cpu_has(X86_FEATURE_SMAP) ? work(value) : slow(value);
}
int changed(unsigned long *size, int value)
{
	if (static_cpu_has(X86_FEATURE_SMAP) && value)
		return work(value);
	barrier_nospec();
	return slow(value + 1);
}
