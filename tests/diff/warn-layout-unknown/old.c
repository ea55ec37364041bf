// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int changed(int value)
{
	return work(value);
}
