// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kernel.h>
#include <linux/init.h>
extern int work(int);
static int __init first(void) { return work(1); }
early_initcall(first);
static int __init second(void) { return work(2); }
early_initcall(second);
int changed(int value)
{
	return work(value + 1);
}
