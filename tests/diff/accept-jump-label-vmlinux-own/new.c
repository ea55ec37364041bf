// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/jump_label.h>
extern int work(int), slow(int);
DEFINE_STATIC_KEY_FALSE(had);
static DEFINE_STATIC_KEY_TRUE(fresh);
int changed(int value)
{
	if (static_branch_likely(&fresh))
		slow(3);
	if (static_branch_unlikely(&had))
		return slow(value);
	return work(value);
}
void flip(void)
{
	static_branch_enable(&had);
}
