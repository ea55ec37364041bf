// SPDX-License-Identifier: GPL-2.0-or-later
/* Sections of a module: known, with the flags that the kernel needs, relocated in a way that the
 * loader knows. */
#include <string.h>

#include "diff/section_kind.h"
#include "proof/audit_private.h"

/* What a livepatch module has besides what a unit has (scripts/module.lds.S, scripts/mod/modpost.c,
 * and what other makers of livepatches keep for themselves). */
static const char *const others[] = {
	".gnu.linkonce.this_module", "__versions", "__version_ext_crcs", "__version_ext_names",
	".symtab", ".strtab", ".shstrtab", ".BTF", ".codetag.alloc_tags", "__patchable_function_entries",
};

/* What the loader and others look for in a module and act upon (find_module_sections() and
 * do_mod_ctors() in kernel/module/main.c, kernel/trace/trace_events.c, lib/kunit/test.c), and a livepatch
 * has no use for: parameters' callbacks, constructors, exports, tests, traces of its own. */
static const char *const hooks[] = {
	"__param", "__ksymtab", "__ksymtab_gpl", "__kcrctab", "__kcrctab_gpl", "__ksymtab_strings",
	".ctors", ".init_array", ".fini_array", ".dtors", "__obsparm", ".kunit_test_suites",
	".kunit_init_test_suites", "_error_injection_whitelist", "_ftrace_events",
	"_ftrace_eval_map", "__tracepoints_ptrs", "__bpf_raw_tp_map", "___srcu_struct_ptrs",
	".exit_array",
};

static bool is_hook(const struct elf_section *section)
{
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++)
		if (!strcmp(section->name, hooks[i]))
			return true;
	return false;
}

static bool is_known(const struct elf_section *section)
{
	const struct section_rule *rule = section_rule_find(section);

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(section->name, others[i]))
			return true;
	return rule->kind != SECTION_UNKNOWN && rule->kind != SECTION_REFUSED;
}

struct wanted_flags {
	uint64_t set, clear;
};

static struct wanted_flags flags_of(const struct elf_section *section)
{
	switch (section_rule_find(section)->kind) {
	case SECTION_TEXT:
	case SECTION_FRAGMENT:
	case SECTION_INIT_TEXT:
		return (struct wanted_flags){ SHF_ALLOC | SHF_EXECINSTR, SHF_WRITE };
	case SECTION_DATA:
		return (struct wanted_flags){ SHF_ALLOC | SHF_WRITE, SHF_EXECINSTR };
	case SECTION_CONST:
		return (struct wanted_flags){ SHF_ALLOC, SHF_EXECINSTR };
	case SECTION_ROWS:
	case SECTION_REGENERATED:
	case SECTION_DESCRIPTOR:
		return (struct wanted_flags){ SHF_ALLOC, SHF_EXECINSTR };
	default:
		return (struct wanted_flags){ 0 };
	}
}

void audit_section_flags(struct audit_work *work)
{
	for (size_t i = 0; i < work->module->section_count; i++) {
		const struct elf_section *section = work->module->sections[i];
		struct wanted_flags wanted = flags_of(section);

		if (!section->size)
			continue;
		if (is_hook(section) && livepatch_fact(&work->livepatch, "suture.patch"))
			audit_fail(work, "%s is acted upon when the module is loaded, and a livepatch has none",
				   section->name);
		else if (is_hook(section))
			audit_note(work, "%s is acted upon when the module is loaded", section->name);
		if (!is_known(section) && (section->flags & SHF_ALLOC))
			audit_note(work, "nothing is known about the section %s", section->name);
		if ((section->flags & wanted.set) != wanted.set || (section->flags & wanted.clear))
			audit_fail(work, "%s has the flags 0x%jx", section->name,
				   (uintmax_t)section->flags);
		if (!strncmp(section->name, ".discard", 8) && (section->flags & SHF_ALLOC))
			audit_note(work, "%s is for objtool and need not be loaded", section->name);
	}
}

/* apply_relocate_add() in arch/x86/kernel/module.c. */
static bool is_loadable(uint32_t type)
{
	return type == R_X86_64_NONE || type == R_X86_64_64 || type == R_X86_64_32 ||
	       type == R_X86_64_32S || type == R_X86_64_PC32 || type == R_X86_64_PLT32 ||
	       type == R_X86_64_PC64;
}

static void check_reloc(struct audit_work *work, const struct elf_section *section,
			const struct elf_reloc *reloc)
{
	const struct elf_symbol *symbol = reloc->symbol;
	unsigned size = reloc_size(reloc->type);

	if (!is_loadable(reloc->type) || reloc->offset > section->size ||
	    size > section->size - reloc->offset) {
		audit_fail(work, "%s+0x%jx: the kernel does not apply %s here", section->name,
			   (uintmax_t)reloc->offset, reloc_type_name(reloc->type));
		return;
	}
	for (unsigned i = 0; section->data && i < size; i++)
		if (section->data[reloc->offset + i]) {
			audit_fail(work, "%s+0x%jx: the bytes that a relocation fills are not zero",
				   section->name, (uintmax_t)reloc->offset);
			break;
		}
	if (!symbol || !symbol->section)
		return;
	if (!(symbol->section->flags & SHF_ALLOC))
		audit_fail(work, "%s+0x%jx refers to %s, which is not loaded", section->name,
			   (uintmax_t)reloc->offset, symbol->section->name);
	/* The address of the end is one that code may have. */
	if ((int64_t)symbol->value + reloc->addend > (int64_t)symbol->section->size ||
	    (int64_t)symbol->value + reloc->addend < -16)
		audit_fail(work, "%s+0x%jx refers to a place outside of %s", section->name,
			   (uintmax_t)reloc->offset, symbol->section->name);
}

static bool is_init(const struct elf_section *section)
{
	return !strncmp(section->name, ".init", 5) || !strncmp(section->name, ".exit", 5);
}

/* The module's own init memory is given back too. */
static void check_init(struct audit_work *work, const struct elf_section *section,
		       const struct elf_reloc *reloc)
{
	enum section_kind kind = section_rule_find(section)->kind;
	const struct elf_section *to = reloc->symbol ? reloc->symbol->section : NULL;

	if (to && !strncmp(to->name, ".init", 5) && !is_init(section) &&
	    (kind == SECTION_TEXT || kind == SECTION_DATA || kind == SECTION_CONST))
		audit_fail(work, "%s+0x%jx refers to %s, which is given back", section->name,
			   (uintmax_t)reloc->offset, to->name);
}

void audit_relocations(struct audit_work *work)
{
	for (size_t i = 0; i < work->module->section_count; i++) {
		const struct elf_section *section = work->module->sections[i];

		if (!(section->flags & SHF_ALLOC))
			continue;
		for (size_t k = 0; k < section->relocs.count; k++) {
			check_reloc(work, section, &section->relocs.items[k]);
			check_init(work, section, &section->relocs.items[k]);
			if (k && section->relocs.items[k].offset ==
					 section->relocs.items[k - 1].offset)
				audit_fail(work, "%s+0x%jx is relocated twice", section->name,
					   (uintmax_t)section->relocs.items[k].offset);
		}
	}
}
