// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
static int plain(int value) { return work(value); }
static void *choose(void) { return plain; }
int chosen(int value) __attribute__((ifunc("choose")));
int changed(int value)
{
	return work(value + 1);
}
