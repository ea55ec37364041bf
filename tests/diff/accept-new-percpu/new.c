// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/percpu.h>
extern int work(int);
static DEFINE_PER_CPU(int, had);
static DEFINE_PER_CPU(int, fresh) = 3;
int changed(int value)
{
	this_cpu_inc(had);
	this_cpu_add(fresh, value);
	return work(value);
}
