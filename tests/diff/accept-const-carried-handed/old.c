// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/compiler.h>
extern int work(int);

struct row {
	int key, value;
};
static const struct row rows[] = { { 1, 10 }, { 2, 20 }, { 3, 30 } };

static noinline int find(const struct row *row, int count, int key)
{
	for (int i = 0; i < count; i++)
		if (row[i].key == work(key))
			return row[i].value;
	return 0;
}
int first(int key) { return find(rows, work(key), key); }
int second(const struct row *given, int key) { return work(1) + find(given, key, key); }
