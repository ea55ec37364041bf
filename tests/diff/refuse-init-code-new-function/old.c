// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kernel.h>
#include <linux/init.h>
extern int work(int);
static int __init first(void) { return work(1); }
early_initcall(first);
int changed(int value)
{
	return work(value);
}
