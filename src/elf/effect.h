/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one x86-64 instruction does with the general registers, for whoever follows a value through
 * them. Registers are bits, in the processor's order: 0 rax, 1 rcx, 2 rdx, 3 rbx, 4 rsp, 5 rbp, 6
 * rsi, 7 rdi, 8 to 15. What is not known for sure is told as the wider effect.
 */
#ifndef SUTURE_ELF_EFFECT_H
#define SUTURE_ELF_EFFECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum effect_kind {
	EFFECT_PLAIN,
	EFFECT_COMPARE, /* sets flags and nothing else */
	EFFECT_CALL,
	EFFECT_JUMP,
	EFFECT_JUMP_IF,
	EFFECT_RETURN,
	EFFECT_TRAP, /* goes on behind it if at all: ud2, int3 */
};

struct effect {
	unsigned length; /* bytes */
	enum effect_kind kind;
	uint16_t reads; /* as values */
	uint16_t addresses; /* as part of the address of memory that is read or written */
	uint16_t writes; /* at least in part */
	uint16_t kills; /* wholly and in any case: what was there before is gone */
	bool is_address; /* LEA: what counts as an address above is the value */
	bool has_memory; /* reads or writes some, besides the stack of PUSH, POP, CALL and RET */
	bool writes_memory; /* the stack by PUSH too */
	bool writes_other; /* vector, segment or other registers */
	bool is_clear; /* xor or sub of a register with itself: its value does not matter */
	bool is_relative; /* a branch to `target` bytes behind its end */
	int64_t target;
	/* Where the displacement stands, which a relocation may fill; 0: there is none. That of
	 * LEA is part of its value, of others the place that they access. */
	unsigned displacement; /* offset into the instruction */
};

/* False if the bytes are no instruction. */
bool effect_decode(const uint8_t *code, size_t size, struct effect *ret_effect);

#endif
