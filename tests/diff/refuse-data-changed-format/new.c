// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kernel.h>
extern int work(int);
int changed(int v) { trace_printk("value %s is new\n", (char *)(long)v); return work(v); }
