// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/printk.h>
#include <linux/bug.h>
int changed(int value)
{
	WARN_ONCE(value > 3, "value %d\n", value);
	pr_info_once("%s: %d\n", __func__, value);
	return value;
}
int same(int value)
{
	pr_info_once("%s %d\n", __func__, value);
	return value;
}
