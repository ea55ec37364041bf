// SPDX-License-Identifier: GPL-2.0-or-later
struct box { int a; int b; int c; };
extern void *find(void);
int changed(void)
{
	struct box *box = find();

	return box->a + box->c;
}
