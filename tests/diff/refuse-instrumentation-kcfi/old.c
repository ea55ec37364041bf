// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
asm(".pushsection .kcfi_traps,\"a\"\n.long 0\n.popsection");
int changed(int value)
{
	return work(value);
}
