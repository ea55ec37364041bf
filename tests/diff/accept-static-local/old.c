// SPDX-License-Identifier: GPL-2.0-or-later
int changed(int step)
{
	static int count = 3;
	count += step;
	return count;
}
int same(int step)
{
	static int count = 4;
	return count -= step;
}
