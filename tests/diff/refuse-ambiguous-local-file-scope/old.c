// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int first(int value)
{
	static int count = 3;

	return work(count += value);
}
int second(int value) { return work(value); }
