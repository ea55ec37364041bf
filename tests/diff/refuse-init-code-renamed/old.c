// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kernel.h>
#include <linux/init.h>
#include <linux/module.h>
extern int work(int);
extern int enlist(int (*)(int));
int before(int value) { return work(value); }
int changed(int value) { return work(value); }
static int __init start(void) { return enlist(before); }
early_initcall(start);
