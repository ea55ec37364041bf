// SPDX-License-Identifier: GPL-2.0-or-later
struct crate { int c; int a; int b; };
extern void *find(void);
int changed(void)
{
	struct crate *box = find();

	return box->a + box->c;
}
