// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int first(int value)
{
	return work(value) + work(value + 2);
}
int second(int value)
{
	return work(value) + work(value + 1);
}
