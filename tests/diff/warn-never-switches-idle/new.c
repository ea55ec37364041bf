// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
void cpu_startup_entry(int state)
{
	for (;;)
		work(state + 1);
}
