// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
static int a = 3, c = 3;
extern int b __attribute__((alias("a")));
int use(void) { return work(a) + work(c) + b; }
int changed(int v) { a++; c++; return work(v); }
