// SPDX-License-Identifier: GPL-2.0-or-later
static long height = 3;
int changed(int value) { return height += value; }
