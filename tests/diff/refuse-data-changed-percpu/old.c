// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/percpu.h>
extern int work(int);
static int x = 5;
int changed(int value) { x += value; return work(value); }
