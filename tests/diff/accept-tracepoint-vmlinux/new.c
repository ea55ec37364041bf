// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/tracepoint.h>
#include <trace/events/task.h>
extern int work(int);
int changed(struct task_struct *task, int value)
{
	trace_task_newtask(task, 0);
	return work(value + 1);
}
