// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/percpu.h>
extern int work(int);
static int b[8] __read_mostly = {1,2,3,4};
static int a[8] __read_mostly = {1,2,3,4};
static int z[8] __read_mostly = {1,2,3,4};
int changed(unsigned long v) { int s = 0; int *p; for (p = a; p < &a[8]; p++) s += *p; return s + b[v - 1]; }
int changed2(unsigned long v) { return v; }
int two(int v) { a[v]++; b[v]++; z[v]++; return 0;}
