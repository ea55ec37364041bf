// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/bug.h>
extern int work(int);
int changed(int value)
{
	WARN_ON(value == 3);
	BUG_ON(value == 4);
	return work(value);
}
int same(int value)
{
	WARN_ON(value == 3);
	return work(value);
}
