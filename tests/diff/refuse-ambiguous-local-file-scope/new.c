// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
static long count = 3;
int first(int value)
{
	return work(count += value);
}
int second(int value) { return work(value + count); }
