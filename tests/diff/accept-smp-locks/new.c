// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/atomic.h>
extern int work(int);
int changed(atomic_t *counter, int value)
{
	atomic_inc(counter);
	return work(value + 1);
}
int same(atomic_t *counter)
{
	atomic_inc(counter);
	return 0;
}
