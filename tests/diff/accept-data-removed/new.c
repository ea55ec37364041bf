// SPDX-License-Identifier: GPL-2.0-or-later
int changed(int value)
{
	return value;
}
