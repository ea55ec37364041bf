// SPDX-License-Identifier: GPL-2.0-or-later
int same(int value)
{
	return value + 1;
}
