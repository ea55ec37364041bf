// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes a folder in /proc, and says whether it could. */
#include <linux/module.h>
#include <linux/proc_fs.h>

static char *name = "";
module_param(name, charp, 0);

static struct proc_dir_entry *folder;

static int __init proc_make_init(void)
{
	folder = proc_mkdir(name, NULL);
	pr_info("proc_make: '%s' is %s\n", name, folder ? "made" : "not made");
	return 0;
}

static void __exit proc_make_exit(void)
{
	proc_remove(folder);
}

module_init(proc_make_init);
module_exit(proc_make_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("makes a folder in /proc");
