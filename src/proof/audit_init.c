// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What init_module() of another maker returns once klp_enable_patch() was content. An error makes the
 * kernel free the module (kernel/module/main.c, do_init_module()) while the patch is in force and tasks
 * run its code. So the ways on from the call are followed, with the registers that are known to be zero:
 * what it returned is, and each way must end with zero in rax. What was kept in memory is not known.
 */
#include <string.h>

#include "elf/effect.h"
#include "proof/audit_glue.h"

#define RAX 0x0001
#define KEPT_BY_CALLS 0xf028 /* rbx, rbp, r12 to r15: psABI, section 3.2.1 */
#define FLAGS 0x10000 /* as after a test of zero */
#define SEEN 0x20000
#define STATE_LIMIT 100000 /* instructions looked at */

struct way {
	uint64_t at; /* in the section */
	uint32_t zero; /* registers, and FLAGS */
};

struct ways {
	const struct elf_section *section;
	uint32_t *seen; /* by offset: what was zero whenever a way came here; with SEEN */
	struct way *items; /* yet to be followed */
	size_t count, capacity;
	uint64_t bad; /* where something else may be returned */
	bool is_bad;
};

/* A way that knows no more than those before it has nothing to add. */
static void add_way(struct ways *ways, uint64_t at, uint32_t zero)
{
	if (at >= ways->section->size) {
		ways->is_bad = true; /* it leaves the section */
		ways->bad = at;
		return;
	}
	if (ways->seen[at] & SEEN)
		zero &= ways->seen[at];
	if (ways->seen[at] == (zero | SEEN))
		return;
	ways->seen[at] = zero | SEEN;
	ARRAY_GROW(ways->items, ways->capacity, ways->count + 1);
	ways->items[ways->count++] = (struct way){ at, zero };
}

/* Opcode behind the REX prefix; 0 at any other prefix, which none of these has. */
static uint8_t opcode_of(const uint8_t *code, uint8_t *ret_rex)
{
	*ret_rex = (*code & 0xf0) == 0x40 ? *code : 0;
	return code[*ret_rex != 0];
}

static unsigned rm_register(const uint8_t *code, uint8_t rex)
{
	return (code[(rex != 0) + 1] & 7) | (rex & 1) << 3;
}

static unsigned reg_register(const uint8_t *code, uint8_t rex)
{
	return (code[(rex != 0) + 1] >> 3 & 7) | (rex & 4) << 1;
}

/* Of two registers, by its ModRM byte (Intel SDM, volume 2, section 2.1.5). */
static bool has_two_registers(const uint8_t *code, uint8_t rex, const struct effect *effect)
{
	return effect->length == 2u + (rex != 0) && code[(rex != 0) + 1] >= 0xc0;
}

/* What is zero behind an instruction that goes on to the next one. */
static uint32_t zero_after(const uint8_t *code, const struct effect *effect, uint32_t zero)
{
	uint8_t rex, opcode = opcode_of(code, &rex);

	if (effect->is_clear)
		return zero | effect->kills | FLAGS;
	if (opcode == 0x89 && has_two_registers(code, rex, effect)) { /* mov %reg, %rm */
		uint32_t to = 1u << rm_register(code, rex);

		return zero & 1u << reg_register(code, rex) ? zero | to : zero & ~to;
	}
	if (opcode == 0x85 && has_two_registers(code, rex, effect) && /* test %reg, %rm */
	    zero & (1u << rm_register(code, rex) | 1u << reg_register(code, rex)))
		return zero | FLAGS;
	zero &= ~(uint32_t)effect->writes;
	return opcode == 0xc7 || (opcode & 0xf8) == 0xb8 ? zero : zero & ~FLAGS; /* mov $imm */
}

/* Is the condition of a jump true after a test of zero: ZF, PF set; SF, CF, OF clear (Intel SDM, volume 2,
 * appendix B.1.4, conditions in the opcode's last four bits)? */
static bool is_taken(const uint8_t *code)
{
	static const uint16_t taken = 1 << 1 | 1 << 3 | 1 << 4 | 1 << 6 | 1 << 9 | 1 << 10 | 1 << 13 | 1 << 14;

	return taken >> ((*code == 0x0f ? code[1] : *code) & 15) & 1;
}

static bool is_called(const struct elf_reloc *reloc, const char *name)
{
	return reloc && reloc->symbol && !strcmp(reloc->symbol->name, name);
}

static void end_way(struct ways *ways, const struct way *way)
{
	if (way->zero & RAX)
		return;
	ways->is_bad = true;
	ways->bad = way->at;
}

/* A jump that a relocation fills leaves the function: to the return thunk, or to a tail call. */
static void follow_jump(struct ways *ways, const struct way *way, const struct effect *effect)
{
	const struct elf_reloc *reloc = relocs_at(&ways->section->relocs, way->at + effect->length - 4);
	struct way other = { way->at, 0 };

	if (is_called(reloc, "__x86_return_thunk"))
		end_way(ways, way);
	else if (reloc || !effect->is_relative)
		end_way(ways, &other);
	else
		add_way(ways, way->at + effect->length + (uint64_t)effect->target, way->zero);
}

static void follow_condition(struct ways *ways, const struct way *way, const uint8_t *code,
			     const struct effect *effect)
{
	uint64_t behind = way->at + effect->length;
	bool is_known = way->zero & FLAGS;

	if (!is_known || is_taken(code))
		add_way(ways, behind + (uint64_t)effect->target, way->zero);
	if (!is_known || !is_taken(code))
		add_way(ways, behind, way->zero);
}

static void follow(struct ways *ways, const struct way *way)
{
	const uint8_t *code = ways->section->data + way->at;
	struct effect effect;
	struct way lost = { way->at, 0 };

	if (!effect_decode(code, ways->section->size - way->at, &effect)) {
		end_way(ways, &lost);
		return;
	}
	switch (effect.kind) {
	case EFFECT_RETURN:
		end_way(ways, way);
		break;
	case EFFECT_JUMP:
		follow_jump(ways, way, &effect);
		break;
	case EFFECT_JUMP_IF:
		follow_condition(ways, way, code, &effect);
		break;
	case EFFECT_CALL:
		add_way(ways, way->at + effect.length, way->zero & KEPT_BY_CALLS);
		break;
	case EFFECT_TRAP: /* ud2 of a WARN() goes on, and that of a BUG() returns nothing */
		add_way(ways, way->at + effect.length, way->zero);
		break;
	default:
		add_way(ways, way->at + effect.length, zero_after(code, &effect, way->zero));
	}
}

static bool is_within(const struct elf_symbol *function, const struct elf_section *section, uint64_t at)
{
	return function->section == section && at >= function->value && at - function->value < function->size;
}

static void follow_call(struct audit_work *work, const struct elf_section *section, uint64_t behind)
{
	auto_free uint32_t *seen = xcalloc(section->size, sizeof(*seen));
	struct ways ways = { .section = section, .seen = seen };
	size_t looked = 0;

	for (add_way(&ways, behind, RAX); ways.count && !ways.is_bad && looked < STATE_LIMIT; looked++) {
		struct way way = ways.items[--ways.count];

		follow(&ways, &way);
	}
	if (ways.is_bad)
		audit_fail(work, "its init code may return an error after klp_enable_patch() was content (%s+0x%jx): the kernel would free the module while the patch is in force; return what klp_enable_patch() returned, and do before it what can fail",
			   section->name, (uintmax_t)ways.bad);
	else if (ways.count)
		audit_note(work, "what its init code returns is not known: it is too large to be followed");
	free(ways.items);
}

void audit_init_result(struct audit_work *work, const struct elf_symbol *init)
{
	for (size_t i = 0; i < work->module->section_count; i++) {
		const struct elf_section *section = work->module->sections[i];

		for (size_t k = 0; is_text_section(section) && section->data && k < section->relocs.count; k++) {
			const struct elf_reloc *reloc = &section->relocs.items[k];

			if (!is_called(reloc, "klp_enable_patch") || reloc->offset == 0 ||
			    reloc->offset > section->size)
				continue;
			if (!is_within(init, section, reloc->offset))
				audit_note(work, "klp_enable_patch() is called outside of init_module(): what that makes of the answer is not followed");
			else if (section->data[reloc->offset - 1] == 0xe8) /* a jump returns what it returns */
				follow_call(work, section, reloc->offset + 4);
		}
	}
}
