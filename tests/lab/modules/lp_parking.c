// SPDX-License-Identifier: GPL-2.0-or-later
/* A livepatch of a function in a module, parking.ko, where a task may be parked. */
#include <linux/livepatch.h>
#include <linux/module.h>

static int new_parking_place(int rounds)
{
	return -1;
}

static struct klp_func funcs[] = {
	{ .old_name = "parking_place", .new_func = new_parking_place },
	{ }
};

static struct klp_object objs[] = { { .name = "parking", .funcs = funcs }, { } };
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
