// SPDX-License-Identifier: GPL-2.0-or-later
int changed(int which, int step)
{
	if (which) {
		static int count;
		count += step;
		return count;
	}
	static int count;
	count -= step;
	return count;
}
