// SPDX-License-Identifier: GPL-2.0-or-later
int one(void) { return 1; }
int two(void) { return 2; }
int three(void) { return 3; }
int four(void) { return 4; }
