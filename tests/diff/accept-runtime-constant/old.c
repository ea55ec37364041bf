// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/types.h>
#include <linux/stringify.h>
#include <asm/asm.h>
#include <asm/runtime-const.h>
extern unsigned long table;
extern int work(unsigned long);
int changed(int value)
{
	return work(runtime_const_ptr(table));
}
