// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/module.h>
extern int work(int);
static int __init start(void) { return work(1); }
static void __exit stop(void)
{
	work(3);
}
module_init(start);
module_exit(stop);
