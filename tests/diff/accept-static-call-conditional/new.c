// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/static_call.h>
extern int work(int);
static int slow(int value) { return value; }
DECLARE_STATIC_CALL(driver, work);
DEFINE_STATIC_CALL(own, slow);
int changed(int value)
{
	return static_call(driver)(value) + static_call(own)(value);
}
