// SPDX-License-Identifier: GPL-2.0-or-later
extern int (*hook)(int);
int changed(int value)
{
	return hook(value) + 1;
}
int same(int value)
{
	return hook(value) + 1;
}
