// SPDX-License-Identifier: GPL-2.0-or-later
int changed(void)
{
	static int level;

	return level++;
}
