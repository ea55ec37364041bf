// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/refuse.h"

#include <fnmatch.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/*
 * The first row that matches decides. '*' matches slashes too. What is in no row is refused:
 * inputs of generators (*.tbl, *.lds, opcode maps, certificates) change code without being
 * compiled.
 */
static const struct row {
	const char *pattern;
	enum path_class class;
	enum rule_id rule; /* for PATH_REFUSED */
} rows[] = {
	/* not part of any kernel image */
	{ "Documentation/*", PATH_IGNORED, 0 },
	{ "LICENSES/*", PATH_IGNORED, 0 },
	{ "samples/*", PATH_IGNORED, 0 },
	/* kernel/bpf/Makefile and kernel/bpf/btf.c take these into the kernel */
	{ "tools/lib/bpf/relo_core.*", PATH_REFUSED, RULE_UNKNOWN_FILE },
	{ "tools/lib/bpf/btf_iter.c", PATH_REFUSED, RULE_UNKNOWN_FILE },
	{ "tools/lib/bpf/btf_relocate.c", PATH_REFUSED, RULE_UNKNOWN_FILE },
	/* lib/test_bitmap.c and its like */
	{ "tools/testing/selftests/kselftest_module.h", PATH_REFUSED, RULE_UNKNOWN_FILE },
	{ "tools/*", PATH_IGNORED, 0 },
	{ "debian/*", PATH_IGNORED, 0 },
	{ "MAINTAINERS", PATH_IGNORED, 0 },
	{ "CREDITS", PATH_IGNORED, 0 },
	{ "COPYING", PATH_IGNORED, 0 },
	{ "*.rst", PATH_IGNORED, 0 },
	{ "*.gitignore", PATH_IGNORED, 0 },
	{ "*README", PATH_IGNORED, 0 },
	{ "*.clang-format", PATH_IGNORED, 0 },
	{ ".mailmap", PATH_IGNORED, 0 },

	/* how it is built */
	{ "*Kconfig*", PATH_REFUSED, RULE_KCONFIG },
	{ "*.config", PATH_REFUSED, RULE_KCONFIG },
	{ "*_defconfig", PATH_IGNORED, 0 },
	{ "*Makefile", PATH_REFUSED, RULE_MAKEFILE },
	{ "*Makefile.*", PATH_REFUSED, RULE_MAKEFILE },
	{ "*Kbuild", PATH_REFUSED, RULE_MAKEFILE },
	{ "scripts/Kbuild.*", PATH_REFUSED, RULE_MAKEFILE },
	{ "scripts/*", PATH_IGNORED, 0 },

	/* code that a livepatch does not reach */
	{ "rust/*", PATH_REFUSED, RULE_RUST },
	{ "*.rs", PATH_REFUSED, RULE_RUST },
	{ "arch/x86/boot/*", PATH_REFUSED, RULE_REALMODE },
	{ "arch/x86/realmode/rm/*", PATH_REFUSED, RULE_REALMODE },
	{ "arch/x86/purgatory/*", PATH_REFUSED, RULE_REALMODE },
	{ "drivers/firmware/efi/libstub/*", PATH_REFUSED, RULE_REALMODE },
	{ "arch/x86/entry/vdso/vma.c", PATH_UNIT, 0 },
	{ "arch/x86/entry/vdso/extable.c", PATH_UNIT, 0 },
	{ "arch/x86/entry/vdso/*", PATH_REFUSED, RULE_VDSO },
	{ "arch/x86/include/asm/vdso/*", PATH_REFUSED, RULE_VDSO },
	{ "include/vdso/*", PATH_REFUSED, RULE_VDSO },
	{ "include/asm-generic/vdso/*", PATH_REFUSED, RULE_VDSO },
	{ "lib/vdso/*", PATH_REFUSED, RULE_VDSO },
	{ "arch/x86/kernel/asm-offsets*", PATH_REFUSED, RULE_ASM_OFFSETS },
	{ "arch/x86/kvm/kvm-asm-offsets.c", PATH_REFUSED, RULE_ASM_OFFSETS },
	{ "arch/x86/um/*", PATH_IGNORED, 0 },
	{ "kernel/bounds.c", PATH_REFUSED, RULE_ASM_OFFSETS },
	{ "*.S", PATH_REFUSED, RULE_ASSEMBLY },
	{ "*.s", PATH_REFUSED, RULE_ASSEMBLY },

	{ "*.c", PATH_UNIT, 0 },
	{ "*.h", PATH_HEADER, 0 },
};

enum path_class path_classify(const char *path, enum rule_id *ret_rule)
{
	if (has_prefix(path, "arch/") && !has_prefix(path, "arch/x86/") &&
	    !has_prefix(path, "arch/Kconfig"))
		return PATH_IGNORED;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (fnmatch(rows[i].pattern, path, 0))
			continue;
		if (rows[i].class == PATH_REFUSED)
			*ret_rule = rows[i].rule;
		return rows[i].class;
	}
	*ret_rule = RULE_UNKNOWN_FILE;
	return PATH_REFUSED;
}

/* Its other sources lie below arch/x86/boot and arch/x86/purgatory, which are refused. */
bool path_has_second_copy(const char *path)
{
	return !strcmp(path, "lib/crypto/sha256.c");
}
