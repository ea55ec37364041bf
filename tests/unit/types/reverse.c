/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A unit as a kernel's compiler would write it, before and after, for diff_reverse.c. */
int changed(int a)
{
#ifdef PATCHED
	return a * 3;
#else
	return a + 3;
#endif
}

int as_it_was(int a)
{
	return a - 1;
}

#ifdef PATCHED
int came(int a)
{
	return a * 9;
}
#else
int went(int a)
{
	return a * 11;
}
#endif
