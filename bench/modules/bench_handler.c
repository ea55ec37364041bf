// SPDX-License-Identifier: GPL-2.0-or-later
/* An ftrace handler that does nothing, on bench_target(). */
#include <linux/ftrace.h>
#include <linux/module.h>

int bench_target(int value);

static void nothing(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
		    struct ftrace_regs *regs)
{
}

static struct ftrace_ops ops = { .func = nothing };

static int __init start(void)
{
	int result = ftrace_set_filter_ip(&ops, (unsigned long)bench_target, 0, 0);

	return result ? result : register_ftrace_function(&ops);
}

static void __exit stop(void)
{
	unregister_ftrace_function(&ops);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
