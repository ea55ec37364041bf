// SPDX-License-Identifier: GPL-2.0-or-later
#include "diff/section_kind.h"

#include <string.h>

/*
 * First match counts. Sources: include/asm-generic/vmlinux.lds.h (who collects what),
 * arch/x86/kernel/vmlinux.lds.S, arch/x86/kernel/module.c and kernel/module/main.c (what is done
 * with a module's), scripts/module.lds.S (what is discarded), tools/objtool/check.c (what it makes
 * and reads). Row formats: asm/alternative.h, asm/bug.h, asm/extable.h, asm/jump_label.h,
 * asm/paravirt_types.h, asm/runtime-const.h, linux/objtool.h.
 */
static const struct section_rule rules[] = {
	/* Rows, as the compiler leaves them */
	/* {code, replacement, ..., u8 length of the code, u8 length of the replacement} */
	{ ".altinstructions", SECTION_ROWS, .row_relocs = 2 },
	{ ".parainstructions", SECTION_ROWS, .row_relocs = 1 },
	/* {addr, file, u16 line, u16 flags}: a moved line is not a change */
	{ "__bug_table", SECTION_ROWS, .row_relocs = 2, .skip_offset = 8, .skip_size = 2 },
	{ "__ex_table", SECTION_ROWS, .row_relocs = 2 },
	{ "__jump_table", SECTION_ROWS, .row_relocs = 3 },
	{ ".smp_locks", SECTION_ROWS, .row_relocs = 1 },
	{ "__mcount_loc", SECTION_ROWS, .row_relocs = 1 },
	/* x86 asks for padding this way; ftrace reads __mcount_loc (kernel/module/main.c) */
	{ "__patchable_function_entries", SECTION_IGNORED },
	{ "runtime_ptr_*", SECTION_ROWS, .row_relocs = 1 },
	{ "runtime_shift_*", SECTION_ROWS, .row_relocs = 1 },
	/* What the code tells objtool */
	{ ".discard.addressable", SECTION_IGNORED },
	{ ".discard.sym_func_*", SECTION_IGNORED },
	{ ".discard.ksym", SECTION_IGNORED },
	{ ".discard.*", SECTION_ROWS, .row_relocs = 1, .discarded = true },
	/* Made by objtool */
	{ ".orc_unwind", SECTION_REGENERATED },
	{ ".orc_unwind_ip", SECTION_REGENERATED },
	{ ".orc_header", SECTION_REGENERATED },
	{ ".static_call_sites", SECTION_REGENERATED },
	{ ".retpoline_sites", SECTION_REGENERATED },
	{ ".return_sites", SECTION_REGENERATED },
	{ ".call_sites", SECTION_REGENERATED },
	{ ".ibt_endbr_seal", SECTION_REGENERATED },
	{ ".cfi_sites", SECTION_REGENERATED },
	/* Code fragments */
	{ ".altinstr_replacement", SECTION_FRAGMENT },
	{ ".altinstr_aux", SECTION_FRAGMENT },
	/* Initialisation */
	{ ".init.text*", SECTION_INIT_TEXT },
	{ ".exit.text*", SECTION_INIT_TEXT },
	{ ".head.text", SECTION_INIT_TEXT },
	{ ".meminit.text*", SECTION_INIT_TEXT },
	{ ".init.*", SECTION_INIT_DATA },
	{ ".exit.*", SECTION_INIT_DATA },
	{ ".meminit.*", SECTION_INIT_DATA },
	{ ".initcall*", SECTION_INIT_DATA },
	{ ".con_initcall.init", SECTION_INIT_DATA },
	/* EXIT_CALL, of what is no module: in DISCARDS when vmlinux is linked */
	{ ".exitcall.exit", SECTION_IGNORED },
	{ ".x86_cpu_dev.init", SECTION_INIT_DATA },
	{ ".x86_intel_mid_dev.init", SECTION_INIT_DATA },
	{ ".apicdrivers", SECTION_INIT_DATA },
	/* Code */
	{ ".text*", SECTION_TEXT },
	{ ".static_call.text", SECTION_TEXT },
	{ ".noinstr.text", SECTION_TEXT },
	{ ".entry.text", SECTION_TEXT },
	{ ".entry_trampoline", SECTION_TEXT },
	{ ".irqentry.text", SECTION_TEXT },
	{ ".softirqentry.text", SECTION_TEXT },
	{ ".sched.text", SECTION_TEXT },
	{ ".lock.text", SECTION_TEXT },
	{ ".cpuidle.text", SECTION_TEXT },
	{ ".kprobes.text", SECTION_TEXT },
	{ ".spinlock.text", SECTION_TEXT },
	{ ".ref.text", SECTION_TEXT },
	/* Data */
	{ "__dyndbg", SECTION_DESCRIPTOR },
	{ "__dyndbg_classes", SECTION_FIXED },
	{ ".rodata*", SECTION_CONST },
	{ ".data.rel.ro*", SECTION_CONST },
	{ ".ref.rodata", SECTION_CONST },
	/* What to say when the sanitizer finds something here; the names are numbered */
	{ ".data..Lubsan_*", SECTION_DESCRIPTOR },
	/* Shared with the hypervisor (arch/x86/mm/mem_encrypt_amd.c): a livepatch has no such memory */
	{ ".bss..decrypted", SECTION_FIXED },
	{ ".data*", SECTION_DATA },
	{ ".bss*", SECTION_DATA },
	{ ".ref.data", SECTION_DATA },
	/* Exports */
	{ "__ksymtab*", SECTION_EXPORT },
	{ "___ksymtab*", SECTION_EXPORT },
	{ "___kcrctab*", SECTION_EXPORT },
	{ ".export_symbol", SECTION_EXPORT },
	/* Tables */
	{ "__param", SECTION_FIXED },
	{ "__modver", SECTION_FIXED },
	{ "__syscalls_metadata", SECTION_FIXED },
	{ "__tracepoints", SECTION_FIXED },
	{ "__tracepoints_ptrs", SECTION_FIXED },
	{ "__tracepoints_strings", SECTION_FIXED },
	{ "_ftrace_events", SECTION_FIXED },
	{ "_ftrace_eval_map", SECTION_FIXED },
	{ "__bpf_raw_tp_map", SECTION_FIXED },
	{ "_error_injection_whitelist", SECTION_FIXED },
	{ "_kprobe_blacklist", SECTION_FIXED },
	{ "___srcu_struct_ptrs", SECTION_FIXED },
	{ ".static_call_tramp_key", SECTION_FIXED },
	{ "__tracepoint_str", SECTION_FIXED },
	{ "__trace_printk_fmt", SECTION_FIXED },
	{ ".BTF_ids*", SECTION_FIXED },
	{ ".pci_fixup*", SECTION_FIXED },
	{ "__thermal_table_*", SECTION_FIXED },
	{ "__governor_thermal_table", SECTION_FIXED },
	{ "__clk_of_table", SECTION_FIXED },
	{ "__irqchip_of_table", SECTION_FIXED },
	{ "__timer_of_table", SECTION_FIXED },
	{ "__reservedmem_of_table", SECTION_FIXED },
	{ "__cpuidle_method_of_table", SECTION_FIXED },
	{ "__earlycon_table", SECTION_FIXED },
	{ "__lsm_info", SECTION_FIXED },
	{ ".lsm_info.init", SECTION_FIXED },
	{ ".early_lsm_info.init", SECTION_FIXED },
	{ ".builtin_fw", SECTION_FIXED },
	{ ".printk_index", SECTION_FIXED },
	{ ".kunit_test_suites", SECTION_FIXED },
	{ "__stop_sched_class", SECTION_FIXED },
	{ "__dl_sched_class", SECTION_FIXED },
	{ "__rt_sched_class", SECTION_FIXED },
	{ "__fair_sched_class", SECTION_FIXED },
	{ "__idle_sched_class", SECTION_FIXED },
	{ "__ext_sched_class", SECTION_FIXED },
	{ ".modinfo", SECTION_IGNORED },
	/* include/suture/livepatch.h; .suture.symbols is for modules by hand, and not loaded */
	{ ".suture.callbacks", SECTION_RECORDS },
	{ ".suture.states", SECTION_RECORDS },
	/* No part of the running kernel */
	{ ".comment", SECTION_IGNORED },
	{ ".note*", SECTION_IGNORED },
	{ ".debug*", SECTION_IGNORED },
	{ ".rela*", SECTION_IGNORED },
	{ ".llvm*", SECTION_IGNORED },
	{ ".gnu.warning*", SECTION_IGNORED },
	/* Known not to work */
	{ ".init_array*", SECTION_REFUSED, .refusal = RULE_INSTRUMENTATION },
	{ ".fini_array*", SECTION_REFUSED, .refusal = RULE_INSTRUMENTATION },
	{ ".gnu.lto_*", SECTION_REFUSED, .refusal = RULE_LTO },
	{ ".group", SECTION_REFUSED, .refusal = RULE_COMDAT },
	{ "__gcov_*", SECTION_REFUSED, .refusal = RULE_INSTRUMENTATION },
	{ "__sancov_*", SECTION_REFUSED, .refusal = RULE_INSTRUMENTATION },
	{ "asan_globals", SECTION_REFUSED, .refusal = RULE_INSTRUMENTATION },
	{ ".kcfi_traps", SECTION_REFUSED, .refusal = RULE_INSTRUMENTATION },
	{ NULL, SECTION_UNKNOWN },
};

static bool matches(const char *pattern, const char *name)
{
	size_t length = strlen(pattern);

	if (pattern[length - 1] == '*')
		return !strncmp(name, pattern, length - 1);
	return !strcmp(name, pattern);
}

const struct section_rule *section_rule_find(const struct elf_section *section)
{
	const struct section_rule *rule = rules;

	while (rule->name && !matches(rule->name, section->name))
		rule++;
	return rule;
}

bool section_is_percpu(const struct elf_section *section)
{
	return matches(".data..percpu*", section->name);
}

bool section_is_same_memory(const struct elf_section *a, const struct elf_section *b)
{
	static const char protected[] = ".data..ro_after_init"; /* mark_rodata_ro() */

	return section_rule_find(a)->kind == section_rule_find(b)->kind &&
	       section_is_percpu(a) == section_is_percpu(b) &&
	       !strcmp(a->name, protected) == !strcmp(b->name, protected);
}
