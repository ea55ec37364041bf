// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
struct operations {
	int (*open)(int);
	int (*close)(int);
};
static int after(int value)
{
	return work(value) + 1;
}
static int leave(int value) { return work(value + 7); }
const struct operations table = { .open = after, .close = leave };
struct operations other = { .open = leave, .close = leave };
int same(const struct operations *given, int value) { return given->open(value); }
