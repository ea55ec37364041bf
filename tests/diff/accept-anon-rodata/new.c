// SPDX-License-Identifier: GPL-2.0-or-later
struct box { long a, b, c, d, e, f, g, h; };
extern void put(const struct box *box);
void before(void)
{
	struct box box = { 9, 8, 7, 6, 5, 4, 3, 2 };
	put(&box);
}
void same(void)
{
	struct box box = { 1, 2, 3, 4, 5, 6, 7, 8 };
	put(&box);
}
void changed(void)
{
	struct box box = { 11, 12, 13, 14, 15, 16, 17, 19 };
	put(&box);
}
