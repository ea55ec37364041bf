// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/init.h>
#include <linux/timer.h>
extern int work(int);
static struct timer_list t1, t2;
static void f1(struct timer_list *t) { work(1); }
static void h(struct timer_list *t) { work(3); }
int changed(int v) { return work(v); }
int __init start(int v) { timer_setup(&t1, f1, 0); timer_setup(&t2, h, 0); return 0; }
