// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/jump_label.h>
extern struct static_key_false fast_way;
extern int work(int), slow(int);
int changed(int value)
{
	if (static_branch_unlikely(&fast_way))
		return slow(value + 1);
	return work(value);
}
int same(int value)
{
	return static_branch_unlikely(&fast_way) ? slow(value) : work(value);
}
