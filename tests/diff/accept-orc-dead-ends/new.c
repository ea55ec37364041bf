// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/bug.h>
#include <linux/compiler.h>
extern int work(int);
int changed(int value)
{
	if (WARN_ON(value > 5))
		return 1;
	return work(value);
}
void stops(int value)
{
	work(value + 1);
	asm volatile("ud2");
	unreachable();
}
int same(int value)
{
	WARN_ON(value);
	return work(value);
}
