// SPDX-License-Identifier: GPL-2.0-or-later
int alpha(void) { return 1; }
int beta(void) { return 2; }
int gamma(void) { return 3; }
int delta(void) { return 4; }
