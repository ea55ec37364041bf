// SPDX-License-Identifier: GPL-2.0-or-later
/* A kprobe with a post handler on meminfo_proc_show: it owns the function's entry (IPMODIFY), so
 * that a livepatch of it is refused. */
#include <linux/kprobes.h>
#include <linux/module.h>

static void after(struct kprobe *kprobe, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe probe = { .symbol_name = "meminfo_proc_show", .post_handler = after };

static int __init start(void)
{
	return register_kprobe(&probe);
}

static void __exit stop(void)
{
	unregister_kprobe(&probe);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
