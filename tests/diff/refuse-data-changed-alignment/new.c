// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(void *);
static char buffer[64] __attribute__((aligned(64)));
int changed(int value) { return work(buffer) + 1; }
