/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's log, /dev/kmsg (Documentation/ABI/testing/dev-kmsg): the only place where the kernel
 * says why it did not take a module. A captured tree has it as text in /dev/kmsg, in the same form.
 */
#ifndef SUTURE_RUNTIME_KERNEL_LOG_H
#define SUTURE_RUNTIME_KERNEL_LOG_H

#include <stdint.h>

#include "base/text.h"
#include "runtime/sysroot.h"

/* Where the log's end is now, for kernel_log_since(). The log may be unreadable (no permission):
 * then there is never anything in it. */
struct kernel_log {
	int fd; /* -1: not readable */
};
void kernel_log_open(struct kernel_log *log, bool from_start);
void kernel_log_close(struct kernel_log *log);
#define auto_kernel_log __attribute__((cleanup(kernel_log_close)))

struct kernel_log_line {
	unsigned level; /* 0 emergency ... 4 warning ... 6 info */
	int64_t microseconds; /* since boot */
	char text[1024]; /* one line, cut if longer */
};
/* The next line, or false when there is none now. */
bool kernel_log_next(struct kernel_log *log, struct kernel_log_line *ret_line);
/* Reads one record "6,1234,56789,-;text". */
bool kernel_log_parse(const char *record, size_t size, struct kernel_log_line *ret_line);
/* The texts of all lines since it was opened that hold one of the words (NULL: all). */
void kernel_log_since(struct kernel_log *log, const char *const *words, struct text_list *into);

#endif
