// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int changed(int which, int step)
{
	if (which) {
		static int count = 3;
		count += step;
		return count;
	}
	return 0;
}
