// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/static_call.h>
extern int work(int);
DECLARE_STATIC_CALL(driver, work);
int changed(int value)
{
	return static_call(driver)(value);
}
int same(int value)
{
	return static_call(driver)(value);
}
