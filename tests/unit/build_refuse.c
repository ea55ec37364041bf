// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/memory.h"
#include "build/generator_input.h"
#include "build/refuse.h"
#include "build/watch.h"
#include "test.h"

static void refused(const char *path, enum rule_id wanted)
{
	enum rule_id rule;

	if (path_classify(path, &rule) != PATH_REFUSED)
		fail_msg("%s is not refused", path);
	assert_string_equal(rule_get(rule)->slug, rule_get(wanted)->slug);
}

static void is(const char *path, enum path_class class)
{
	enum rule_id rule;

	if (path_classify(path, &rule) != class)
		fail_msg("%s is of another class", path);
}

static void sources_and_headers_are_taken(void **state)
{
	(void)state;
	is("fs/proc/meminfo.c", PATH_UNIT);
	is("arch/x86/kernel/process.c", PATH_UNIT);
	is("arch/x86/entry/vdso/vma.c", PATH_UNIT);
	is("include/linux/sched.h", PATH_HEADER);
	is("arch/x86/include/asm/io.h", PATH_HEADER);
}

static void what_a_livepatch_cannot_change_is_refused_by_name(void **state)
{
	(void)state;
	refused("fs/Kconfig", RULE_KCONFIG);
	refused("kernel/Kconfig.preempt", RULE_KCONFIG);
	refused("fs/proc/Makefile", RULE_MAKEFILE);
	refused("scripts/Makefile.lib", RULE_MAKEFILE);
	refused("Makefile", RULE_MAKEFILE);
	refused("Kbuild", RULE_MAKEFILE);
	refused("arch/x86/entry/entry_64.S", RULE_ASSEMBLY);
	refused("arch/x86/kernel/vmlinux.lds.S", RULE_ASSEMBLY);
	refused("arch/x86/entry/vdso/vclock_gettime.c", RULE_VDSO);
	refused("lib/vdso/gettimeofday.c", RULE_VDSO);
	refused("include/vdso/datapage.h", RULE_VDSO);
	refused("arch/x86/boot/compressed/misc.c", RULE_REALMODE);
	refused("arch/x86/realmode/rm/wakemain.c", RULE_REALMODE);
	refused("arch/x86/kernel/asm-offsets_64.c", RULE_ASM_OFFSETS);
	refused("arch/x86/kvm/kvm-asm-offsets.c", RULE_ASM_OFFSETS);
	refused("kernel/bounds.c", RULE_ASM_OFFSETS);
	refused("rust/kernel/lib.rs", RULE_RUST);
	refused("drivers/net/phy/ax88796b_rust.rs", RULE_RUST);
}

static void a_kind_of_file_that_is_not_known_is_refused(void **state)
{
	(void)state;
	refused("arch/x86/entry/syscalls/syscall_64.tbl", RULE_UNKNOWN_FILE);
	refused("arch/x86/lib/x86-opcode-map.txt", RULE_UNKNOWN_FILE);
	refused("tools/lib/bpf/relo_core.c", RULE_UNKNOWN_FILE);
	refused("tools/lib/bpf/relo_core.h", RULE_UNKNOWN_FILE);
	refused("tools/lib/bpf/btf_iter.c", RULE_UNKNOWN_FILE);
	refused("crypto/rsapubkey.asn1", RULE_UNKNOWN_FILE);
	refused("certs/signing.pem", RULE_UNKNOWN_FILE);
	refused("something", RULE_UNKNOWN_FILE);
}

static void what_does_not_become_part_of_the_kernel_is_ignored(void **state)
{
	(void)state;
	is("Documentation/admin-guide/sysctl/vm.rst", PATH_IGNORED);
	is("Documentation/Kconfig", PATH_IGNORED);
	is("tools/testing/selftests/net/Makefile", PATH_IGNORED);
	is("samples/livepatch/livepatch-sample.c", PATH_IGNORED);
	is("arch/arm64/kernel/entry.S", PATH_IGNORED);
	is("MAINTAINERS", PATH_IGNORED);
	is("scripts/checkpatch.pl", PATH_IGNORED);
}

static void of_what_purgatory_compiles_too_there_is_a_second_copy(void **state)
{
	(void)state;
	assert_true(path_has_second_copy("lib/crypto/sha256.c"));
	assert_false(path_has_second_copy("lib/crypto/sha1.c"));
}

static void what_headers_reach_besides_units_is_watched(void **state)
{
	(void)state;
	assert_int_equal(unit_kind_of("arch/x86/kernel/asm-offsets.c"), UNIT_OFFSETS);
	assert_int_equal(unit_kind_of("arch/x86/entry/entry_64.S"), UNIT_ASSEMBLY);
	assert_int_equal(unit_kind_of("arch/x86/entry/vdso/vgetcpu.c"), UNIT_VDSO);
	assert_int_equal(unit_kind_of("arch/x86/entry/vdso/vma.c"), UNIT_CODE);
	assert_int_equal(unit_kind_of("arch/x86/boot/header.S"), UNIT_OUTSIDE);
	assert_int_equal(unit_kind_of("kernel/fork.c"), UNIT_CODE);
}

/* The verdict of the one finding, or RULE_TAKE if there is none. */
static enum rule_verdict judged(const char *path, const char *before, const char *after)
{
	auto_finding_list struct finding_list findings = { 0 };
	struct edit edit = { .path = (char *)path, .was_there = true, .is_there = true };

	buffer_add_text(&edit.original, before);
	buffer_add_text(&edit.final, after);
	generator_input_judge(&edit, &findings);
	buffer_clear(&edit.original);
	buffer_clear(&edit.final);
	if (!findings.count)
		return RULE_TAKE;
	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.items[0].rule, RULE_UNKNOWN_FILE);
	return findings.items[0].verdict;
}

static void a_header_that_a_script_makes_sources_of_keeps_its_lines(void **state)
{
	static const char oids[] = "include/linux/oid_registry.h";
	static const char flags[] = "arch/x86/include/asm/cpufeatures.h";

	(void)state;
	assert_int_equal(judged(oids, "\tOID_a, /* 1.2 */\n", "\tOID_a, /* 1.3 */\n"), RULE_REFUSE);
	assert_int_equal(judged(oids, "\tOID_a,\nint a;\n", "int b;\n\tOID_a,\n"), RULE_TAKE);
	assert_int_equal(judged("lib/crc32defs.h", "#define A 1\n", "#define A 2\n"), RULE_REFUSE);
	assert_int_equal(judged(flags, "X86_BUG_A\n", "X86_BUG_A\nX86_BUG_B\n"), RULE_WARN);
	assert_int_equal(judged(flags, "X86_BUG_A 1\n", "X86_BUG_A 2\n"), RULE_REFUSE);
	assert_int_equal(judged("include/linux/fs.h", "OID_a\n", "OID_b\n"), RULE_TAKE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_and_headers_are_taken),
		cmocka_unit_test(what_a_livepatch_cannot_change_is_refused_by_name),
		cmocka_unit_test(a_kind_of_file_that_is_not_known_is_refused),
		cmocka_unit_test(what_does_not_become_part_of_the_kernel_is_ignored),
		cmocka_unit_test(of_what_purgatory_compiles_too_there_is_a_second_copy),
		cmocka_unit_test(what_headers_reach_besides_units_is_watched),
		cmocka_unit_test(a_header_that_a_script_makes_sources_of_keeps_its_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
