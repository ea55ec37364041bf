// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/cache.h>
extern int work(int);
static int x __ro_after_init = 5;
int changed(int value) { return work(value+x); }
void __attribute__((section(".init.text"))) start(int v) { x = v; }
