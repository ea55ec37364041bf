// SPDX-License-Identifier: GPL-2.0-or-later
extern int say(const char *, int) __attribute__((cold));
extern int work(int);
int changed(int value)
{
	if (value > 5) {
		say("large", value);
		say("rather large", value);
	}
	return work(value);
}
