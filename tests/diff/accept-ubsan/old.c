// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int changed(int value, int by)
{
	return work(value << by);
}
int same(int value, int by) { return work(value << by); }
