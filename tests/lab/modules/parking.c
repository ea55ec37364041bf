// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A place to park tasks in: a kernel thread that sleeps inside parking_place() until the parameter
 * `release` is set, deaf to every signal; a livepatch of parking_place() cannot finish before.
 * It is in there when the module is loaded, and it sleeps all the time: of a thread that runs just now
 * nobody could read the stack.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/wait.h>

static bool release;
static DECLARE_WAIT_QUEUE_HEAD(gate);
static DECLARE_COMPLETION(arrived);

static int set_release(const char *value, const struct kernel_param *parameter)
{
	int result = param_set_bool(value, parameter);

	wake_up(&gate);
	return result;
}

static const struct kernel_param_ops release_ops = { .set = set_release, .get = param_get_bool };
module_param_cb(release, &release_ops, &release, 0644);

static struct task_struct *task;

noinline int parking_place(int rounds);
noinline int parking_place(int rounds)
{
	complete(&arrived);
	wait_event_idle(gate, READ_ONCE(release));
	return rounds + 1;
}

static int parked(void *unused)
{
	int rounds = parking_place(0);

	complete(&arrived); /* the livepatch was there first */
	pr_info("parking: released after %d rounds\n", rounds);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 10);
	return 0;
}

static int __init start(void)
{
	task = kthread_run(parked, NULL, "parked");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&arrived);
	return 0;
}

static void __exit stop(void)
{
	release = true;
	wake_up(&gate);
	kthread_stop(task);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
