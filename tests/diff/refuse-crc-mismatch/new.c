// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/export.h>
extern int work(int);
int changed(long value)
{
	return work(value % 1000) + 1;
}
EXPORT_SYMBOL(changed);
