// SPDX-License-Identifier: GPL-2.0-or-later
static int level = 5;
static int table[4] = { 1, 2, 3, 4 };
static noinline int helper(int value) { return level += value; }
int set(int i) { return table[i]++; }
int changed(int value)
{
	return helper(value + 1) + table[value] + level;
}
