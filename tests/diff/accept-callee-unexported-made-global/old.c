// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
static noinline int helper(int value) { return work(value) + 1; }
int first(int value)
{
	return helper(value);
}
