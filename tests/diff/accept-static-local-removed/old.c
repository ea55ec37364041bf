// SPDX-License-Identifier: GPL-2.0-or-later
int changed(int step)
{
	static int count;
	count += step;
	return count;
}
