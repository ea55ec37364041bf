// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/compiler.h>
extern int work(int);
struct operations {
	int (*open)(int);
	int (*close)(int);
};
static noinline int after(int value)
{
	return work(value) + 1;
}
static int leave(int value) { return work(value + 7); }
const struct operations table = { .open = after, .close = leave };
int changed(int value) { return after(value) ? after(value + 2) : 0; }
int same(const struct operations *given, int value) { return given->open(value); }
