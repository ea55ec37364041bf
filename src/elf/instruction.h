/* SPDX-License-Identifier: GPL-2.0-or-later */
/* x86-64 machine instructions, through Zydis: just enough to know where one ends and where it goes. */
#ifndef SUTURE_ELF_INSTRUCTION_H
#define SUTURE_ELF_INSTRUCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct instruction {
	unsigned length; /* bytes */
	/* A displacement or immediate relative to the instruction's end (branches, RIP-relative
	 * memory): where in the instruction it stands and how long it is; size 0: none. */
	unsigned relative_offset, relative_size; /* bytes */
	int64_t relative; /* its value */
	bool is_branch; /* jmp, jcc, call, loop with a relative target */
	/* movabs $imm64, %reg */
	bool is_movabs;
	unsigned movabs_register; /* 0-15 */
};

/* Decodes one instruction; false if the bytes are none. */
bool instruction_decode(const uint8_t *code, size_t size, struct instruction *ret_instruction);
/* Text in AT&T syntax as if at `address`; "(bad)" if the bytes are none. Returns the length, 1 then. */
unsigned instruction_text(const uint8_t *code, size_t size, uint64_t address, char *text,
			  size_t text_size);

#endif
