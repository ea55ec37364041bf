// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/printk.h>
extern int work(int);
int changed(int value)
{
	printk(KERN_INFO "value: %d\n", value);
	return work(value);
}
int same(int value)
{
	printk(KERN_INFO "other %d\n", value);
	return work(value);
}
