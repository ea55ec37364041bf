// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kernel.h>
#include <linux/init.h>
extern int work(int *);
static int gone __initdata = 3;
static int __init start(void) { return work(&gone); }
early_initcall(start);
int changed(int value)
{
	return value + work(&gone);
}
