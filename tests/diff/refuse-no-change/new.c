// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int same(int value)
{
	int better = value;
	return work(better);
}
