// SPDX-License-Identifier: GPL-2.0-or-later
#define ONCE(f) do { static int done; if (!done) { done = 1; f(); } } while (0)
extern void first(void), second(void);
int untouched(int which)
{
	if (which) {
		ONCE(first);
		return 0;
	}
	ONCE(second);
	return 1;
}
int changed(int which)
{
	if (which) {
		ONCE(second);
		return 0;
	}
	ONCE(first);
	return 1;
}
