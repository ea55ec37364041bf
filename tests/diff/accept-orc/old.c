// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int *);
int changed(int value)
{
	int space[40];
	space[3] = value;
	return work(space) + space[4];
}
