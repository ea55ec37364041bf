// SPDX-License-Identifier: GPL-2.0-or-later
static int level = 3;
int *where(void) { return &level; }
int changed(int value)
{
	return value + level++;
}
