// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int other(int value)
{
	return work(value) * work(value + 1);
}
int changed(int value)
{
	asm volatile goto("jmp other + 7" :::: out);
out:
	return work(value + 1);
}
