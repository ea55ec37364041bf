// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
static inline int clamp_it(int value)
{
	return value > 11 ? 11 : value;
}
int first(int value) { return work(clamp_it(value)); }
int second(int value) { return work(clamp_it(value) + 1); }
int third(int value) { return work(value); }
