/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cumulative livepatch, written by hand: /proc/loadavg becomes one line that says TEXT, and before
 * that does what TROUBLE is. Included by one file for each level. */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "identity.h"

static int new_loadavg_proc_show(struct seq_file *m, void *v)
{
	TROUBLE;
	seq_puts(m, "patched: " TEXT "\n");
	return 0;
}

static struct klp_func funcs[] = {
	{ .old_name = "loadavg_proc_show", .new_func = new_loadavg_proc_show },
	{ }
};

static struct klp_object objs[] = { { .funcs = funcs }, { } };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs, .replace = true };

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
static const char build_id[] __used __section(".modinfo") =
	"suture.kernel_build_id=" KERNEL_BUILD_ID;
