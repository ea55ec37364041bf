// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
extern void call(int (*)(int));
static noinline int helper(int value)
{
	return work(value) + 1;
}
int changed(int value)
{
	call(helper);
	return helper(value) * 2;
}
