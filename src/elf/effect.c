// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/effect.h"

#include <Zydis/Zydis.h>

static const ZydisDecoder *decoder(void)
{
	static ZydisDecoder instance;
	static bool ready;

	if (!ready)
		ZydisDecoderInit(&instance, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	ready = true;
	return &instance;
}

/* The bit of the general register that this one is or is part of; 0 for any other. */
static uint16_t bit_of(ZydisRegister part)
{
	ZydisRegister whole =
		ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, part);

	if (ZydisRegisterGetClass(whole) != ZYDIS_REGCLASS_GPR64)
		return 0;
	return (uint16_t)(1u << ZydisRegisterGetId(whole));
}

/* Writing 32 or 64 bits leaves nothing of what was there (Intel SDM, volume 1, section 3.4.1.1). */
static bool is_whole(ZydisRegister part)
{
	return ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, part) >= 32;
}

/* Registers that carry no value of the program: the place in the code and the flags. */
static bool is_aside(ZydisRegister part)
{
	ZydisRegisterClass class = ZydisRegisterGetClass(part);

	return class == ZYDIS_REGCLASS_IP || class == ZYDIS_REGCLASS_FLAGS;
}

static void note_register(const ZydisDecodedOperand *operand, struct effect *effect)
{
	uint16_t bit = bit_of(operand->reg.value);

	if (operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ)
		effect->reads |= bit;
	if (!(operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE))
		return;
	effect->writes |= bit;
	if (!bit && !is_aside(operand->reg.value))
		effect->writes_other = true;
	if ((operand->actions & ZYDIS_OPERAND_ACTION_WRITE) && is_whole(operand->reg.value))
		effect->kills |= bit;
}

static void note_memory(const ZydisDecodedOperand *operand, struct effect *effect)
{
	effect->addresses |= bit_of(operand->mem.base) | bit_of(operand->mem.index);
	effect->has_memory |= operand->visibility != ZYDIS_OPERAND_VISIBILITY_HIDDEN;
	if (operand->mem.type == ZYDIS_MEMOP_TYPE_AGEN)
		effect->is_address = true;
	else if (operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
		effect->writes_memory = true;
}

static enum effect_kind kind_of(const ZydisDecodedInstruction *decoded)
{
	switch (decoded->meta.category) {
	case ZYDIS_CATEGORY_CALL:
		return EFFECT_CALL;
	case ZYDIS_CATEGORY_UNCOND_BR:
		return EFFECT_JUMP;
	case ZYDIS_CATEGORY_COND_BR:
		return EFFECT_JUMP_IF;
	case ZYDIS_CATEGORY_RET:
		return EFFECT_RETURN;
	default:
		break;
	}
	switch (decoded->mnemonic) {
	case ZYDIS_MNEMONIC_CMP:
	case ZYDIS_MNEMONIC_TEST:
		return EFFECT_COMPARE;
	case ZYDIS_MNEMONIC_UD0:
	case ZYDIS_MNEMONIC_UD1:
	case ZYDIS_MNEMONIC_UD2:
	case ZYDIS_MNEMONIC_INT3:
		return EFFECT_TRAP;
	default:
		return EFFECT_PLAIN;
	}
}

static bool is_clear(const ZydisDecodedInstruction *decoded, const ZydisDecodedOperand *operands)
{
	return (decoded->mnemonic == ZYDIS_MNEMONIC_XOR ||
		decoded->mnemonic == ZYDIS_MNEMONIC_SUB) &&
	       operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
	       operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
	       operands[0].reg.value == operands[1].reg.value && is_whole(operands[0].reg.value);
}

bool effect_decode(const uint8_t *code, size_t size, struct effect *ret_effect)
{
	ZydisDecodedInstruction decoded;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];

	if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(decoder(), code, size, &decoded, operands)))
		return false;

	struct effect effect = { .length = decoded.length, .kind = kind_of(&decoded) };

	for (unsigned i = 0; i < decoded.operand_count; i++) {
		if (operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER)
			note_register(&operands[i], &effect);
		if (operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY)
			note_memory(&operands[i], &effect);
		if (operands[i].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
		    operands[i].imm.is_relative) {
			effect.is_relative = true;
			effect.target = operands[i].imm.value.s;
		}
	}
	effect.is_clear = is_clear(&decoded, operands);
	if (decoded.raw.disp.size >= 32)
		effect.displacement = decoded.raw.disp.offset;
	*ret_effect = effect;
	return true;
}
