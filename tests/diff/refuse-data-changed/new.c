// SPDX-License-Identifier: GPL-2.0-or-later
static int limit = 4;
int set(int value) { return limit = value; }
int get(void)
{
	return limit + 1;
}
