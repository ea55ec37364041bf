// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kernel.h>
#include <linux/init.h>
extern int work(int);
static int __init changed(void)
{
	return work(1);
}
early_initcall(changed);
int same(int value) { return work(value); }
