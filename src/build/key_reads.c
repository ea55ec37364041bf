// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/key_reads.h"

/*
 * Takes the place of arch/x86/include/asm/jump_label.h (6.1 to 6.12: the same names). A branch is
 * taken when the key is on and the branch's sense are different (include/linux/jump_label.h,
 * jump_label_type()). The count is -1 while the key is being switched on. Macros, since struct
 * static_key is not defined yet.
 */
const char key_reads_text[] =
	"#ifndef _ASM_X86_JUMP_LABEL_H\n"
	"#define _ASM_X86_JUMP_LABEL_H\n"
	"#ifndef __ASSEMBLY__\n"
	"#define HAVE_JUMP_LABEL_BATCH\n"
	"struct jump_entry;\n"
	"extern int arch_jump_entry_size(struct jump_entry *entry);\n"
	"#define suture_key_is_on(key) (*(const volatile int *)&(key)->enabled.counter != 0)\n"
	"#define arch_static_branch(key, branch) (suture_key_is_on(key) != (branch))\n"
	"#define arch_static_branch_jump(key, branch) (suture_key_is_on(key) != (branch))\n"
	"#endif\n"
	"#endif\n";
