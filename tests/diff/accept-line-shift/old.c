// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/bug.h>
int level;
int watch(int value)
{
	WARN_ON(value > 10);
	return value + level;
}
int guard(int value)
{
	WARN_ON(value > 20);
	return value - level;
}
