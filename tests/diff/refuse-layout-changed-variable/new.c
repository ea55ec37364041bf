// SPDX-License-Identifier: GPL-2.0-or-later
unsigned short level[2];
int changed(void)
{
	return level[0] + level[1];
}
