// SPDX-License-Identifier: GPL-2.0-or-later
int added(void)
{
	static int other = 5;
	return ++other;
}
int changed(int step)
{
	static int count = 3;
	count += step > 9 ? 9 : step;
	return count;
}
int same(int step)
{
	static int count = 4;
	return count -= step;
}
