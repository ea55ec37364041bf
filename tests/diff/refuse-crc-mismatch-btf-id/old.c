// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/btf.h>
#include <linux/btf_ids.h>
extern int work(int);
int bpf_mine(int a, int b) { return work(a+b); }
BTF_SET8_START(myset)
BTF_ID_FLAGS(func, bpf_mine, 0)
BTF_SET8_END(myset)
void *user(void) { return &myset; }
