// SPDX-License-Identifier: GPL-2.0-or-later
/* A livepatch that names its kernel and the build of the module that it patches, as suture's own
 * do. */
#include <linux/livepatch.h>
#include <linux/module.h>

#include "identity.h" /* made by tests/lab/host: KERNEL_BUILD_ID and TARGETS */

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
static const char build_id[] __used __section(".modinfo") =
	"suture.kernel_build_id=" KERNEL_BUILD_ID;
static const char targets[] __used __section(".modinfo") = "suture.targets=" TARGETS;
