// SPDX-License-Identifier: GPL-2.0-or-later
/* Asks for a capability that does not exist. */
#include <linux/capability.h>
#include <linux/module.h>

static int __init call_capable_init(void)
{
	pr_info("call_capable: capable(99999999) is %d\n", capable(99999999));
	return 0;
}

static void __exit call_capable_exit(void)
{
}

module_init(call_capable_init);
module_exit(call_capable_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("asks for a capability that does not exist");
