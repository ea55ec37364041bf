/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BPF programs that can win over a livepatch: fmod_ret programs answer in the place of a function.
 * Asked of the kernel through bpf(2): links of the tracing kind tell their attach type and the
 * function as a number in the kernel's BTF (include/uapi/linux/bpf.h struct bpf_link_info;
 * Documentation/bpf/btf.rst).
 */
#ifndef SUTURE_RUNTIME_BPF_H
#define SUTURE_RUNTIME_BPF_H

#include <stdbool.h>

#include "base/text.h"
#include "runtime/sysroot.h"

struct bpf_owners {
	bool known; /* could the kernel be asked? (root, a kernel with BPF, not a captured tree) */
	bool has_kprobe_programs; /* one of which might use bpf_override_return() */
	struct text_list functions; /* of vmlinux, with an fmod_ret program */
	bool has_unknown; /* an fmod_ret program on a function that could not be named */
};

void bpf_owners_read(const struct sysroot *root, struct bpf_owners *ret_owners);
void bpf_owners_clear(struct bpf_owners *owners);
#define auto_bpf_owners __attribute__((cleanup(bpf_owners_clear)))

#endif
