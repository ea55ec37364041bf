// SPDX-License-Identifier: GPL-2.0-or-later
/* A livepatch written by hand: /proc/meminfo becomes one line that says "three". */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static int new_meminfo_proc_show(struct seq_file *m, void *v)
{
	seq_puts(m, "patched: three\n");
	return 0;
}

static struct klp_func funcs[] = {
	{ .old_name = "meminfo_proc_show", .new_func = new_meminfo_proc_show },
	{ }
};

static struct klp_object objs[] = { { .funcs = funcs }, { } };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs, .replace = false };

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
