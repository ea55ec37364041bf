// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kthread.h>
extern int work(int);
int loop(void *data)
{
	while (!kthread_should_stop())
		work(1);
	return 0;
}
struct task_struct *start(void)
{
	return kthread_run(loop, NULL, "loop");
}
