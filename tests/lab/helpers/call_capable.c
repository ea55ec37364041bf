// SPDX-License-Identifier: GPL-2.0-or-later
/* Asks for a capability by number. Kernels stop with BUG() if there is none of that number. */
#include <linux/capability.h>
#include <linux/module.h>

static int cap = 99999999;
module_param(cap, int, 0);

static int __init call_capable_init(void)
{
	pr_info("call_capable: capable(%d) is %d\n", cap, capable(cap));
	return 0;
}

static void __exit call_capable_exit(void)
{
}

module_init(call_capable_init);
module_exit(call_capable_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("asks for a capability by number");
