// SPDX-License-Identifier: GPL-2.0-or-later
struct box { int a; long c; };
extern int work(struct box *);
int changed(struct box *box)
{
	return work(box) + (box->a >> 3);
}
