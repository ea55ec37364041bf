// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/export.h>
extern int work(int);
int same(int value) { return work(value); }
EXPORT_SYMBOL(same);
