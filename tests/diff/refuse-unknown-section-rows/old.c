// SPDX-License-Identifier: GPL-2.0-or-later
extern int work(int);
int changed(int value)
{
	asm volatile("1: .byte 0x0f, 0x1f, 0x00\n"
		     ".pushsection .altinstructions, \"a\"\n"
		     ".long 1b - ., 2f - .\n.word 1\n.byte 3, 3, 0\n"
		     ".popsection\n"
		     ".pushsection .altinstr_replacement, \"ax\"\n"
		     "2: .byte 0x0f, 0xae, 0xe8\n"
		     ".popsection");
	return work(value);
}
