// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/module.h>
extern int work(int *);
int changed(int *value)
{
	*value = 1;
	return work(value);
}
MODULE_AUTHOR("One");
MODULE_AUTHOR("Another one");
MODULE_DESCRIPTION("names with numbers");
MODULE_LICENSE("GPL");
