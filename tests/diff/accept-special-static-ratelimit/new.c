// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/printk.h>
#include <linux/ratelimit.h>
int changed(int value)
{
	pr_info_ratelimited("value: %d\n", value);
	return value;
}
