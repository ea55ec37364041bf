// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int *);
int global = 4;
static int zero[16];
int changed(int value)
{
	static int local = 8;
	return work(&global) + work(zero) + work(&local);
}
