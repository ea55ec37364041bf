// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A place to park tasks in: a kernel thread that sleeps inside parking_place() until the parameter
 * `release` is set, deaf to every signal; a livepatch of parking_place() cannot finish before.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>

static bool release;
module_param(release, bool, 0644);

static struct task_struct *task;

noinline int parking_place(int rounds);
noinline int parking_place(int rounds)
{
	while (!READ_ONCE(release)) {
		schedule_timeout_uninterruptible(HZ / 10);
		rounds++;
	}
	return rounds;
}

static int parked(void *unused)
{
	int rounds = parking_place(0);

	pr_info("parking: released after %d rounds\n", rounds);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 10);
	return 0;
}

static int __init start(void)
{
	task = kthread_run(parked, NULL, "parked");
	return PTR_ERR_OR_ZERO(task);
}

static void __exit stop(void)
{
	release = true;
	kthread_stop(task);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
