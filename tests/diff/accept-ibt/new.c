// SPDX-License-Identifier: GPL-2.0-or-later
extern void call(int (*)(int));
static int target(int value) { return value * 3; }
static int changed(int value)
{
	return value + 1;
}
void start(void)
{
	call(target);
	call(changed);
}
