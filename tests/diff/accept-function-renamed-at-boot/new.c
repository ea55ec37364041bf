// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kernel.h>
#include <linux/init.h>
#include <linux/module.h>
extern int work(int);
extern int enlist(int (*)(int));
extern int other(int);
static int after(int value) { return work(value) + other(value); }
int changed(int value) { return work(value) + other(value); }
static int __init start(void) { return enlist(after); }
early_initcall(start);
