// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/compiler.h>
extern int work(int);

static noinline notrace int inner(void)
{
	static int count;

	return work(2) + count++;
}
static noinline notrace int outer(int i) { return i ? inner() + 1 : work(i); }
int first(void) { return inner() + 2; }
int second(int i) { return outer(i) + 3; }
int same(int i) { return work(i) + 4; }
