// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/compiler.h>
extern int work(int);
struct operations {
	int (*open)(int);
	int (*close)(int);
};
static noinline int before(int value)
{
	return work(value);
}
static int leave(int value) { return work(value + 7); }
const struct operations table = { .open = before, .close = leave };
int changed(int value) { return before(value) ? before(value + 1) : 0; }
int same(const struct operations *given, int value) { return given->open(value); }
