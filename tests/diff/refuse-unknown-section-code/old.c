// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
__attribute__((section(".strange.text"))) int changed(int value)
{
	return work(value);
}
