// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/module.h>
extern int work(int);
static int level;
module_param(level, int, 0444);
int changed(int value)
{
	return work(value + 1);
}
