// SPDX-License-Identifier: GPL-2.0-or-later
struct ops { int (*run)(int); };
extern void add(const struct ops *), call(int (*)(int));
static int other(int value) { return value * 2; }
static int run(int value)
{
	call(run);
	return value + 1;
}
static const struct ops ops = { run };
void start(int value)
{
	call(other);
	if (value)
		call(run);
	add(&ops);
}
