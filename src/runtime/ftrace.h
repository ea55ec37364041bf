/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who sits on a function's entry: ftrace's enabled_functions (kernel/trace/ftrace.c t_show()) and
 * the list of kprobes (kernel/kprobes.c report_probe()). Both print names, not addresses, so that
 * functions of one name in one object cannot be told apart.
 */
#ifndef SUTURE_RUNTIME_FTRACE_H
#define SUTURE_RUNTIME_FTRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/machine.h"
#include "runtime/sysroot.h"

/* "meminfo_proc_show (2) R I   ->arch_ftrace_ops_list_func" */
struct ftrace_slot {
	char *function;
	char *object; /* "vmlinux" or a module's name */
	unsigned users; /* how many handlers are called at its entry */
	bool is_redirected; /* I: one of them may change where the call goes (IPMODIFY) */
	bool is_direct; /* D: a BPF trampoline is called directly */
};

/* "ffffffff8e1f5e00  r  meminfo_proc_show+0x0  [mod] [DISABLED]" */
struct ftrace_kprobe {
	char *function;
	char *object;
	unsigned offset;
	bool is_return; /* a kretprobe */
	bool is_disabled;
};

struct ftrace {
	bool has_slots, has_kprobes; /* could they be read? Both want root */
	struct ftrace_slot *slots;
	size_t slot_count, slot_capacity;
	struct ftrace_kprobe *kprobes;
	size_t kprobe_count, kprobe_capacity;
};

/* Never fails: what cannot be read is unknown. `tracefs` may be NULL. */
void ftrace_read(const struct sysroot *root, const char *tracefs, struct ftrace *ret_ftrace);
/* The slots alone, which are fewer reads. */
void ftrace_read_slots(const struct sysroot *root, const char *tracefs, struct ftrace *ret_ftrace);
void ftrace_clear(struct ftrace *ftrace);
#define auto_ftrace __attribute__((cleanup(ftrace_clear)))

/* The redirected one of that name if there is one, else any, else NULL. */
const struct ftrace_slot *ftrace_find_slot(const struct ftrace *ftrace, const char *object,
					   const char *function);
/* How many active probes stand at the function's entry (its first 9 bytes: ENDBR and the call). */
size_t ftrace_count_kprobes(const struct ftrace *ftrace, const char *object, const char *function);

/* One line of each, for hostile captured trees as well. */
bool ftrace_slot_parse(const char *line, struct ftrace_slot *ret_slot);
bool ftrace_kprobe_parse(const char *line, struct ftrace_kprobe *ret_kprobe);

#endif
