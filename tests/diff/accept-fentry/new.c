// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
noinline int fresh(int value) { return work(value); }
int changed(int value)
{
	return fresh(value) + 2;
}
