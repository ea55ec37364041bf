// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/percpu.h>
extern int work(int);
static DEFINE_PER_CPU_READ_MOSTLY(int, fresh) = 3;
static DEFINE_PER_CPU_SHARED_ALIGNED(int, fresh2) = 3;
int changed(int value) { this_cpu_add(fresh, value);  this_cpu_add(fresh2, value); return work(value); }
