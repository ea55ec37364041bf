// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int before(int value) { return work(value); }
int changed(int value)
{
	return work(value) + 1;
}
int after(int value) { return work(value); }
