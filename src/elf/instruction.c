// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/instruction.h"

#include <Zydis/Zydis.h>
#include <stdio.h>
#include <string.h>

static const ZydisDecoder *decoder(void)
{
	static ZydisDecoder instance;
	static bool ready;

	if (!ready)
		ZydisDecoderInit(&instance, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	ready = true;
	return &instance;
}

static void note_relative(const ZydisDecodedInstruction *decoded, struct instruction *instruction)
{
	for (int i = 0; i < 2; i++) {
		if (!decoded->raw.imm[i].is_relative)
			continue;
		instruction->is_branch = true;
		instruction->relative_offset = decoded->raw.imm[i].offset;
		instruction->relative_size = decoded->raw.imm[i].size / 8u;
		instruction->relative = decoded->raw.imm[i].value.s;
		return;
	}
	/* mod 0, rm 5: RIP-relative in long mode (Intel SDM, volume 2, section 2.2.1.6). */
	if ((decoded->attributes & ZYDIS_ATTRIB_HAS_MODRM) && decoded->raw.modrm.mod == 0 &&
	    decoded->raw.modrm.rm == 5 && decoded->raw.disp.size == 32) {
		instruction->relative_offset = decoded->raw.disp.offset;
		instruction->relative_size = 4;
		instruction->relative = decoded->raw.disp.value;
	}
}

bool instruction_decode(const uint8_t *code, size_t size, struct instruction *ret_instruction)
{
	ZydisDecodedInstruction decoded;

	if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(decoder(), NULL, code, size, &decoded)))
		return false;

	struct instruction instruction = { .length = decoded.length };

	note_relative(&decoded, &instruction);
	/* REX.W B8+r imm64 */
	if (decoded.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && (decoded.opcode & 0xf8) == 0xb8 &&
	    decoded.raw.imm[0].size == 64) {
		instruction.is_movabs = true;
		instruction.movabs_register = (decoded.opcode & 7u) | (decoded.raw.rex.B ? 8u : 0);
	}
	*ret_instruction = instruction;
	return true;
}

unsigned instruction_text(const uint8_t *code, size_t size, uint64_t address, char *text,
			  size_t text_size)
{
	ZydisDecodedInstruction decoded;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisFormatter formatter;

	ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_ATT);
	if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(decoder(), code, size, &decoded, operands)) ||
	    !ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&formatter, &decoded, operands,
							  decoded.operand_count_visible, text,
							  text_size, address, NULL))) {
		snprintf(text, text_size, "(bad)");
		return 1;
	}
	return decoded.length;
}
