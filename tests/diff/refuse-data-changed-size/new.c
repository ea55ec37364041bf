// SPDX-License-Identifier: GPL-2.0-or-later
static int table[5] = { 1 };
int set(int i, int value) { return table[i] = value; }
int get(int i)
{
	return i < 5 ? table[i] : 0;
}
