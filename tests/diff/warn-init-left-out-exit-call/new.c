// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kernel.h>
#include <linux/init.h>
#include <linux/module.h>
extern int work(int);
extern int enlist(int (*)(int));
int changed(int value) { return work(value + 1); }
static void __exit stop(void) { work(2); }
module_exit(stop);
