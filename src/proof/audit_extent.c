// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the kernel looks for tasks before it lets a livepatch go: from the beginning of each new function
 * to the next symbol that has a name and is no local label (emit/extent.h names the places in the kernel).
 * Code that such a function jumps to, and does not call, must be in there too. Sections of code are laid out
 * in the order in which they stand in the file (kernel/module/main.c, layout_sections()).
 */
#include <string.h>

#include "base/text.h"
#include "proof/audit_private.h"

static bool is_laid_out(const struct elf_section *section)
{
	return (section->flags & SHF_ALLOC) && (section->flags & SHF_EXECINSTR) &&
	       !has_prefix(section->name, ".init");
}

/* What static_cpu_has() jumps to until alternatives are applied (arch/x86/include/asm/cpufeature.h): to a
 * module they are before any of its code can run (module_finalize() in arch/x86/kernel/module.c). */
static bool is_never_run(const struct elf_section *section)
{
	return !strcmp(section->name, ".altinstr_aux");
}

/* The last symbol that the kernel knows at or before the place in the section; NULL: none. */
static const struct elf_symbol *symbol_before(const struct elf_section *section, uint64_t place)
{
	const struct elf_symbol *found = NULL;

	for (size_t i = 0; i < section->symbol_count; i++) {
		const struct elf_symbol *symbol = section->symbols[i];

		if (*symbol->name && symbol->type != STT_SECTION && !has_prefix(symbol->name, ".L") &&
		    symbol->value <= place && (!found || symbol->value > found->value))
			found = symbol;
	}
	return found;
}

static bool is_new_code(const struct audit_work *work, const struct elf_symbol *symbol)
{
	for (size_t i = 0; i < work->livepatch.count; i++)
		if (work->livepatch.functions[i].code_section == symbol->section &&
		    work->livepatch.functions[i].code_offset == symbol->value)
			return true;
	return false;
}

static bool is_seen(const struct audit_work *work, size_t section, uint64_t place)
{
	const struct object *module = work->module;
	const struct elf_symbol *symbol = symbol_before(module->sections[section], place);

	while (!symbol && section-- > 0)
		if (is_laid_out(module->sections[section]))
			symbol = symbol_before(module->sections[section], UINT64_MAX);
	return symbol && is_new_code(work, symbol);
}

static size_t index_of(const struct object *module, const struct elf_section *section)
{
	size_t i = 0;

	while (i < module->section_count && module->sections[i] != section)
		i++;
	return i;
}

static void check_jump(struct audit_work *work, size_t from, const struct elf_reloc *reloc)
{
	const struct elf_section *section = work->module->sections[from];
	const struct elf_section *to = reloc->symbol ? reloc->symbol->section : NULL;

	if (!to || to == section || !is_laid_out(to) || is_never_run(to) || reloc->type == R_X86_64_NONE ||
	    reloc_size(reloc->type) != 4 || reloc->offset == 0 || !section->data ||
	    reloc->offset > section->size || section->data[reloc->offset - 1] == 0xe8)
		return;

	uint64_t place = reloc->symbol->value + (uint64_t)reloc->addend + 4;
	bool is_jump = section->data[reloc->offset - 1] == 0xe9 ||
		       (reloc->offset > 1 && section->data[reloc->offset - 2] == 0x0f &&
			(section->data[reloc->offset - 1] & 0xf0) == 0x80);

	if (is_jump && is_seen(work, from, reloc->offset) &&
	    !is_seen(work, index_of(work->module, to), place))
		audit_fail(work, "%s+0x%jx jumps to %s, where the kernel does not look for tasks before it lets the module go",
			   section->name, (uintmax_t)reloc->offset, to->name);
}

void audit_extents(struct audit_work *work)
{
	const struct object *module = work->module;

	if (!livepatch_fact(&work->livepatch, "suture.patch"))
		return; /* a module by hand is as its compiler made it */
	for (size_t i = 0; i < module->section_count; i++)
		for (size_t k = 0; is_laid_out(module->sections[i]) &&
				   k < module->sections[i]->relocs.count; k++)
			check_jump(work, i, &module->sections[i]->relocs.items[k]);
}
