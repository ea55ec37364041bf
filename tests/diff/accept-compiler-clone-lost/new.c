// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int), say(int);
static int helper(int value)
{
	return work(value) + 1;
}
int first(int value)
{
	return helper(value) + helper(value + 1) + helper(value + 2) + helper(value + 3) + helper(value + 4) + helper(value + 5) + helper(value + 6) + helper(value + 7);
}
