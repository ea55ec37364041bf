// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
struct box { int a, b, c; };
static noinline int inner(struct box *box, int unused)
{
	return work(box->b);
}
int outer(struct box *box)
{
	return work(inner(box, 4)) + 2;
}
int other(struct box *box)
{
	return work(inner(box, 5)) + 3;
}
