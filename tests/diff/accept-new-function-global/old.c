// SPDX-License-Identifier: GPL-2.0-or-later
extern void call(int (*)(int));
extern int work(int);
void changed(int value)
{
	call(work);
}
