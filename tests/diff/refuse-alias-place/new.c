// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int changed(int v) { int r = work(v); asm volatile(".globl mid_label\nmid_label: nop"); return r + 2; }
