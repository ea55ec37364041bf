// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The classic livepatch: a module that replaces one function of the kernel. Here capable() turns
 * down what is no capability. Build it with
 *
 *	suture build --explain .
 */
#include <linux/capability.h>
#include <linux/livepatch.h>
#include <linux/module.h>

#include <suture/livepatch.h>

/* cap_last_cap is a variable of kernel/sysctl.c that no module can see: suture makes a livepatch
 * relocation of the reference. */
extern const int cap_last_cap;
SUTURE_SYMBOL(vmlinux, cap_last_cap, 0);

/* The new function: the same parameters and the same result, another name. */
static bool livepatch_capable(int cap)
{
	if (cap < 0 || cap > cap_last_cap) {
		pr_err("Invalid capability: %d\n", cap);
		return false;
	}
	return ns_capable(&init_user_ns, cap);
}

/* Which function it replaces. An empty entry ends the table. */
static struct klp_func functions[] = {
	{
		.old_name = "capable",
		.new_func = livepatch_capable,
	},
	{}
};

/* Whose functions: a module's by its name, the kernel's own without one. */
static struct klp_object objects[] = {
	{
		.funcs = functions,
	},
	{}
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init livepatch_init(void)
{
	return klp_enable_patch(&patch);
}

/* Nothing to do: the kernel removes the module only when nobody is in its code any more. */
static void __exit livepatch_exit(void)
{
}

module_init(livepatch_init);
module_exit(livepatch_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
