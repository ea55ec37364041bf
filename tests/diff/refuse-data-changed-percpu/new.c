// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/percpu.h>
extern int work(int);
static DEFINE_PER_CPU(int, x) = 5;
int changed(int value) { this_cpu_add(x, value); return work(value); }
