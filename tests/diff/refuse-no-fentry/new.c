// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/compiler.h>
extern int work(int);
notrace int changed(int value)
{
	return work(value + 1);
}
int same(int value) { return work(value); }
