// SPDX-License-Identifier: GPL-2.0-or-later
extern void call(int (*)(int));
extern int work(int);
int fresh(int value) { return work(value); }
void changed(int value)
{
	call(fresh);
}
