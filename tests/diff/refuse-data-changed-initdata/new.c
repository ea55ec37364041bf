// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/init.h>
extern int work(int);
static int x = 5;
int changed(int value) { return work(value+x); }
int __init start(int v) { return x += v; }
