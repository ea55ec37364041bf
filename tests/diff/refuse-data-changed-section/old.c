// SPDX-License-Identifier: GPL-2.0-or-later
int limit = 3;
int changed(int value)
{
	return value;
}
