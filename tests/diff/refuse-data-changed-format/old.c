// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kernel.h>
extern int work(int);
int changed(int v) { trace_printk("value %d\n", v); return work(v); }
