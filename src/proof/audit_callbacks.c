// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Callbacks and states: what else the kernel takes from struct klp_object and struct klp_patch
 * (include/linux/livepatch.h; kernel/livepatch/core.h, klp_pre_patch_callback() and its like;
 * kernel/livepatch/state.c).
 */
#include <string.h>

#include "proof/audit_private.h"

static void check_code(struct audit_work *work, const struct livepatch_callback *callback)
{
	const struct elf_symbol *code = callback->code;
	const char *kind = livepatch_callback_name(callback->kind);

	if (!code || code->type != STT_FUNC)
		audit_fail(work, "the %s callback of %s is not the start of a function", kind,
			   callback->object);
	else if (!strncmp(code->section->name, ".init", 5) ||
		 !strncmp(code->section->name, ".exit", 5))
		audit_fail(work, "the %s callback of %s, %s, is in memory that is given back", kind,
			   callback->object, code->name);
}

/* The kernel gets there by an indirect call, which with IBT must meet an ENDBR
 * (arch/x86/include/asm/ibt.h). */
static void check_endbr(struct audit_work *work, const struct livepatch_callback *callback)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	const struct elf_section *section = callback->code_section;

	if (!object_find_section(work->module, ".ibt_endbr_seal"))
		return;
	if (!section->data || sizeof(endbr64) > section->size ||
	    callback->code_offset > section->size - sizeof(endbr64) ||
	    memcmp(section->data + callback->code_offset, endbr64, sizeof(endbr64)))
		audit_fail(work, "the %s callback of %s does not begin with ENDBR",
			   livepatch_callback_name(callback->kind), callback->object);
}

static void check_state(struct audit_work *work, size_t i)
{
	const struct livepatch *livepatch = &work->livepatch;

	for (size_t k = 0; k < i; k++)
		if (livepatch->states[k].id == livepatch->states[i].id)
			audit_fail(work, "state %ju is declared twice: the kernel finds the first",
				   (uintmax_t)livepatch->states[i].id);
}

void audit_callbacks(struct audit_work *work)
{
	const struct livepatch *livepatch = &work->livepatch;

	for (size_t i = 0; i < livepatch->callback_count; i++) {
		audit_object(work, livepatch->callbacks[i].object, livepatch->callbacks[i].is_named);
		check_code(work, &livepatch->callbacks[i]);
		check_endbr(work, &livepatch->callbacks[i]);
	}
	for (size_t i = 0; i < livepatch->state_count; i++)
		check_state(work, i);
}
