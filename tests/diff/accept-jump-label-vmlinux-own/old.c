// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/jump_label.h>
extern int work(int), slow(int);
DEFINE_STATIC_KEY_FALSE(had);
int changed(int value)
{
	if (static_branch_unlikely(&had))
		return slow(value);
	return work(value);
}
void flip(void)
{
	static_branch_enable(&had);
}
