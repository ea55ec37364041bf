// SPDX-License-Identifier: GPL-2.0-or-later
static inline int next(int step)
{
	static int count = 7;
	count += step;
	return count;
}
int first(int step)
{
	return next(step) + 1;
}
int second(int step)
{
	return next(-step);
}
