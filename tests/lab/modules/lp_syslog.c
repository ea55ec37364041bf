// SPDX-License-Identifier: GPL-2.0-or-later
/* A livepatch of a security hook: reading the kernel's log fails with E2BIG. */
#include <linux/livepatch.h>
#include <linux/module.h>

static int new_security_syslog(int type)
{
	return -E2BIG;
}

static struct klp_func funcs[] = {
	{ .old_name = "security_syslog", .new_func = new_security_syslog },
	{ }
};

static struct klp_object objs[] = { { .funcs = funcs }, { } };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static int __init start(void)
{
	return klp_enable_patch(&patch);
}

static void __exit stop(void)
{
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
