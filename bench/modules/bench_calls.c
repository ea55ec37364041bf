// SPDX-License-Identifier: GPL-2.0-or-later
/* A function to be called very often: reading the parameter `cost` gives the picoseconds of one call,
 * the least of some batches. */
#include <linux/ktime.h>
#include <linux/module.h>

#define BATCHES 20
#define CALLS 20000

noinline int bench_target(int value);
noinline int bench_target(int value)
{
	return value + 1;
}
EXPORT_SYMBOL_GPL(bench_target);

static u64 time_batch(void)
{
	int value = 0;
	u64 start = ktime_get_ns();

	for (int i = 0; i < CALLS; i++) {
		value = bench_target(value);
		barrier();
	}
	return value == CALLS ? ktime_get_ns() - start : 0;
}

static int read_cost(char *buffer, const struct kernel_param *param)
{
	u64 least = U64_MAX;

	for (int i = 0; i < BATCHES; i++)
		least = min(least, time_batch());
	return sysfs_emit(buffer, "%llu\n", least * 1000 / CALLS);
}

static const struct kernel_param_ops cost = { .get = read_cost };
module_param_cb(cost, &cost, NULL, 0444);
MODULE_LICENSE("GPL");
