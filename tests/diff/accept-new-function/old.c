// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
static int old_helper(int value) { return work(value) + 1; }
int changed(int value)
{
	return old_helper(value);
}
