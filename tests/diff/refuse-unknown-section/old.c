// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int *);
static int strange __attribute__((section("strange_table"), used)) = 4;
int changed(int value)
{
	return work(&strange);
}
