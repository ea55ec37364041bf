// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The little code that every livepatch module has: init_module() hands a struct klp_patch to
 * klp_enable_patch(). Where its fields are, the kernel's own types say.
 */
#include <string.h>

#include "elf/fentry.h"
#include "proof/audit_glue.h"
#include "target/btf.h"

static int read_layout(const struct btf *btf, struct glue_layout *layout, struct error *err)
{
	if (btf_member_offset(btf, "module", "name", &layout->name, err) < 0 ||
	    btf_member_offset(btf, "module", "init", &layout->init, err) < 0 ||
	    btf_member_offset(btf, "module", "exit", &layout->exit, err) < 0 ||
	    btf_member_offset(btf, "klp_patch", "mod", &layout->mod, err) < 0 ||
	    btf_member_offset(btf, "klp_patch", "objs", &layout->objs, err) < 0 ||
	    btf_member_offset(btf, "klp_patch", "states", &layout->states, err) < 0 ||
	    btf_member_offset(btf, "klp_patch", "replace", &layout->replace, err) < 0 ||
	    btf_struct_size(btf, "module", &layout->module_size, err) < 0 ||
	    btf_struct_size(btf, "klp_patch", &layout->patch_size, err) < 0 ||
	    btf_struct_size(btf, "klp_func", &layout->func_size, err) < 0 ||
	    btf_struct_size(btf, "klp_object", &layout->object_size, err) < 0 ||
	    btf_struct_size(btf, "klp_state", &layout->state_size, err) < 0)
		return -1;
	return 0;
}

const struct elf_reloc *glue_reloc(const struct elf_section *section, uint64_t offset)
{
	return section ? relocs_at(&section->relocs, offset) : NULL;
}

static bool leads_to(const struct elf_reloc *reloc, const struct elf_symbol *symbol)
{
	return reloc && symbol && reloc->symbol && reloc->symbol->section &&
	       reloc->symbol->section == symbol->section &&
	       reloc->symbol->value + (uint64_t)reloc->addend == symbol->value &&
	       reloc->type == R_X86_64_64;
}

static void check_entries(struct audit_work *work, const struct glue_layout *layout)
{
	const struct elf_section *section =
		object_find_section(work->module, ".gnu.linkonce.this_module");
	const struct elf_symbol *init = object_find_symbol(work->module, "init_module");
	const struct elf_symbol *exit = object_find_symbol(work->module, "cleanup_module");

	if (!leads_to(glue_reloc(section, layout->init), init))
		audit_fail(work, "the kernel would not call init_module()");
	if (!leads_to(glue_reloc(section, layout->exit), exit))
		audit_fail(work, "the kernel would not call cleanup_module(), or could never remove it");
}

/* The struct klp_patch that the init code passes on: the datum that leads to struct module and to a
 * table of objects. */
static bool is_patch_at(const struct audit_work *work, const struct glue_layout *layout,
			const struct elf_section *section, uint64_t offset)
{
	const struct elf_reloc *mod = glue_reloc(section, offset + layout->mod);
	const struct elf_reloc *objs = glue_reloc(section, offset + layout->objs);

	return leads_to(mod, object_find_symbol(work->module, "__this_module")) && objs &&
	       objs->symbol && objs->symbol->section && objs->type == R_X86_64_64;
}

/* What the two functions of the template consist of, as gcc writes them: bytes that must be there, and
 * what the field behind them may refer to. */
static const struct glue_code {
	uint8_t bytes[4];
	uint8_t size, field; /* bytes of a field that a relocation fills; 0: none */
	const char *symbols[3]; /* that it may lead to; "": data of the module */
} glue_codes[] = {
	{ { 0xf3, 0x0f, 0x1e, 0xfa }, 4, 0, { NULL } }, /* endbr64 */
	{ { 0xe8 }, 1, 4, { "klp_enable_patch", NULL } }, /* call */
	{ { 0xe9 }, 1, 4, { "__x86_return_thunk", "klp_enable_patch", NULL } }, /* jmp */
	{ { 0x48, 0xc7, 0xc7 }, 3, 4, { "", NULL } }, /* mov $patch, %rdi */
	{ { 0xc3 }, 1, 0, { NULL } }, /* ret */
	{ { 0xcc }, 1, 0, { NULL } }, /* int3, behind it */
	{ { 0x90 }, 1, 0, { NULL } }, /* nop, in front of it */
};

static bool is_glue_target(const struct glue_code *code, const struct elf_reloc *reloc)
{
	for (const char *const *name = code->symbols; reloc && reloc->symbol && *name; name++)
		if (**name ? !reloc->symbol->section && !strcmp(reloc->symbol->name, *name)
			   : reloc->symbol->section && (reloc->symbol->section->flags & SHF_WRITE))
			return true;
	return false;
}

/* Bytes of one instruction of the glue, 0 if it is none. */
static uint64_t glue_instruction(const struct elf_section *section, uint64_t at)
{
	for (size_t i = 0; i < ARRAY_SIZE(glue_codes); i++) {
		const struct glue_code *code = &glue_codes[i];

		if (code->size + code->field > section->size - at ||
		    memcmp(section->data + at, code->bytes, code->size))
			continue;
		if (!code->field || is_glue_target(code, glue_reloc(section, at + code->size)))
			return code->size + code->field;
	}
	return 0;
}

static void check_code(struct audit_work *work, const char *name)
{
	const struct elf_section *section = object_find_section(work->module, name);
	uint64_t at = 0, size;

	if (!section || !section->data)
		return;
	for (; at < section->size; at += size) {
		size = fentry_is_at(work->module, section, at) ? FENTRY_SIZE
							       : glue_instruction(section, at);
		if (!size) {
			audit_fail(work, "%s+0x%jx does something that registering a patch does not need",
				   name, (uintmax_t)at);
			return;
		}
	}
}

static void check_patch(struct audit_work *work, const struct glue_layout *layout,
			const struct elf_section *init)
{
	size_t patches = 0, calls = 0;

	for (size_t i = 0; i < init->relocs.count; i++) {
		const struct elf_reloc *reloc = &init->relocs.items[i];
		int64_t addend = reloc->addend + (is_reloc_relative(reloc->type) ? 4 : 0);

		if (!reloc->symbol)
			continue;
		calls += !strcmp(reloc->symbol->name, "klp_enable_patch");
		if (!reloc->symbol->section || !(reloc->symbol->section->flags & SHF_WRITE))
			continue;

		uint64_t at = reloc->symbol->value + (uint64_t)addend;

		if (!is_patch_at(work, layout, reloc->symbol->section, at))
			continue;
		patches++;
		audit_tables(work, layout, reloc->symbol->section, at);
	}
	if (calls != 1 || patches != 1)
		audit_fail(work, "its init code calls klp_enable_patch() %zu times, for %zu patches",
			   calls, patches);
}

/* Its code could fill in the .mod of a patch that has none in its data. */
static bool has_code_with_module(const struct audit_work *work)
{
	for (size_t i = 0; i < work->module->section_count; i++) {
		const struct elf_section *section = work->module->sections[i];

		for (size_t k = 0; is_text_section(section) && k < section->relocs.count; k++)
			if (section->relocs.items[k].symbol &&
			    !strcmp(section->relocs.items[k].symbol->name, "__this_module"))
				return true;
	}
	return false;
}

/* klp_enable_patch() turns down a patch without .mod, and says nothing. */
static void say_no_patch(struct audit_work *work)
{
	if (!work->livepatch.count)
		return; /* there are no tables to find either, which "identity" says */
	if (has_code_with_module(work))
		audit_note(work, "no struct klp_patch has .mod in its data: whether the code sets it is not known");
	else
		audit_fail(work, "no struct klp_patch has .mod = THIS_MODULE: the kernel would turn it down");
}

/* Of another maker: the patch is where its data lead to struct module, if they do. */
static void check_any_patch(struct audit_work *work, const struct glue_layout *layout)
{
	size_t patches = 0;

	for (size_t i = 0; i < work->module->section_count; i++) {
		const struct elf_section *section = work->module->sections[i];

		for (size_t k = 0; (section->flags & SHF_WRITE) && k < section->relocs.count; k++) {
			uint64_t offset = section->relocs.items[k].offset;

			if (offset < layout->mod ||
			    !is_patch_at(work, layout, section, offset - layout->mod))
				continue;
			audit_tables(work, layout, section, offset - layout->mod);
			patches++;
		}
	}
	if (!patches)
		say_no_patch(work);
}

void audit_glue(struct audit_work *work)
{
	const struct elf_symbol *init = object_find_symbol(work->module, "init_module");
	struct glue_layout layout;
	struct btf *btf = NULL;
	struct error err;

	if (!init || !init->section) {
		audit_fail(work, "it has no init_module()");
		return;
	}
	if (btf_open(work->request->kernel->vmlinux, &btf, &err) < 0 ||
	    read_layout(btf, &layout, &err) < 0) {
		audit_note(work, "the kernel's own types are not known: %s", err.msg);
	} else {
		check_entries(work, &layout);
		audit_struct_module(work, &layout);
		if (livepatch_fact(&work->livepatch, "suture.patch")) {
			check_patch(work, &layout, init->section);
			check_code(work, ".init.text");
			check_code(work, ".exit.text");
		} else {
			check_any_patch(work, &layout);
		}
		if (!livepatch_fact(&work->livepatch, "suture.patch"))
			audit_note(work, "how the init code of another maker registers the patch is not known");
	}
	if (!livepatch_fact(&work->livepatch, "suture.patch"))
		audit_init_result(work, init);
	btf_free(btf);
}
