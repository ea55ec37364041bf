// SPDX-License-Identifier: GPL-2.0-or-later
/* A livepatch of bench_target() by the same code. */
#include <linux/livepatch.h>
#include <linux/module.h>

static int new_bench_target(int value)
{
	return value + 1;
}

static struct klp_func funcs[] = {
	{ .old_name = "bench_target", .new_func = new_bench_target },
	{ }
};

static struct klp_object objs[] = { { .name = "bench_calls", .funcs = funcs }, { } };
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
