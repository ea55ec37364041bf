// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/types.h>
extern int work(const u16 *);
int changed(int v) { return work(L"hello world") + 1; }
int same(int v) { return work(L"abcdef"); }
