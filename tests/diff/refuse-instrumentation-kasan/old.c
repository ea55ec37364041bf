// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int *);
static int table[3] = { 1, 2, 3 };
int changed(int value)
{
	return work(table);
}
