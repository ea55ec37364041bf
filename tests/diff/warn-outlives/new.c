// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/workqueue.h>
#include <linux/mutex.h>
struct session { struct delayed_work work; int state; };
static void again(struct work_struct *work)
{
	container_of(work, struct session, work.work)->state = 2;
}
static struct delayed_work sweep;
void begin(struct session *session)
{
	INIT_DELAYED_WORK(&session->work, again);
	schedule_delayed_work(&sweep, 10);
	session->state = 1;
}
static DEFINE_MUTEX(lock);
static int count;
int bump(void)
{
	int result;

	mutex_lock(&lock);
	result = ++count;
	mutex_unlock(&lock);
	return result;
}
