// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int klp_try_switch_task(int value)
{
	return work(value);
}
