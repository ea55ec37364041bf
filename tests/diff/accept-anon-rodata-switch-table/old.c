// SPDX-License-Identifier: GPL-2.0-or-later
extern void a(int), b(int), c(int), d(int), e(int), f(int);
void same(int kind)
{
	switch (kind) {
	case 0: a(1); break;
	case 1: b(2); break;
	case 2: c(3); break;
	case 3: d(4); break;
	case 4: e(5); break;
	case 5: f(6); break;
	}
}
void changed(int kind)
{
	switch (kind) {
	case 0: a(1); break;
	case 1: b(2); break;
	case 2: c(3); break;
	case 3: d(4); break;
	case 4: e(5); break;
	case 5: f(6); break;
	}
}
