// SPDX-License-Identifier: GPL-2.0-or-later
#include <asm/paravirt.h>
extern int work(int);
int changed(int value)
{
	write_cr3(value);
	return work(value);
}
int same(int value)
{
	write_cr3(value + 7);
	return work(value);
}
