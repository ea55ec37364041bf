// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
asm(".pushsection .text.grouped,\"axG\",@progbits,grouped,comdat\n.globl grouped\ngrouped: ret\n.popsection");
int changed(int value)
{
	return work(value + 1);
}
