// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/uaccess.h>
extern int work(int);
int changed(int __user *where, int value)
{
	if (!user_access_begin(where, sizeof(*where)))
		return -EFAULT;
	unsafe_put_user(value + 1, where, failed);
	user_access_end();
	return work(value);
failed:
	user_access_end();
	return -EFAULT;
}
int same(int __user *where, int value)
{
	if (!user_access_begin(where, sizeof(*where)))
		return -EFAULT;
	unsafe_put_user(value, where, failed);
	user_access_end();
	return value;
failed:
	user_access_end();
	return -EAGAIN;
}
