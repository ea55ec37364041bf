// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int helper(int value) { return work(value) + 2; }
int first(int value)
{
	return helper(value) * 3;
}
