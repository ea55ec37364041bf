/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of functions by their number in the running kernel's BTF, /sys/kernel/btf/vmlinux
 * (Documentation/bpf/btf.rst). Nothing else of BTF is understood here. */
#ifndef SUTURE_RUNTIME_BTF_H
#define SUTURE_RUNTIME_BTF_H

#include <stddef.h>
#include <stdint.h>

#define BTF_FILE_LIMIT ((size_t)64 << 20)

/* The name of type `id` if it is a function, borrowed from `data`; else NULL. Input may be
 * hostile. */
const char *btf_function_name(const void *data, size_t size, uint32_t id);
/* The number of the function of that name; 0 if there is none. */
uint32_t btf_function_id(const void *data, size_t size, const char *name);

#endif
