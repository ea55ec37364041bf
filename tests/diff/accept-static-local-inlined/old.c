// SPDX-License-Identifier: GPL-2.0-or-later
static inline int next(int step)
{
	static int count = 7;
	count += step;
	return count;
}
int first(int step)
{
	return next(step);
}
int second(int step)
{
	return next(-step);
}
