// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/bug.h>
extern int work(int);
extern void bad(int) __attribute__((cold));
int z;
static void leave(void) { work(1);  if (z == 4) { bad(3); work(z); } work(0x11); }
int cleanup_module(void) __attribute__((alias("leave")));
