// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int changed(int value)
{
	asm volatile("movq absent@GOTPCREL(%%rip), %%rax" ::: "rax");
	return work(value + 1);
}
