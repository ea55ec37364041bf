/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which kernel. Two kernels are the same if and only if their build-ids are: release strings are
 * reused by rebuilt kernels, so they are for people.
 */
#ifndef SUTURE_MODEL_KERNEL_ID_H
#define SUTURE_MODEL_KERNEL_ID_H

#include <stdbool.h>

#include "base/error.h"
#include "base/json.h"

struct kernel_id { /* owns its texts; any may be NULL if it is not known */
	char *release; /* "6.1.0-56-cloud-amd64": uname -r */
	char *version; /* "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-09-01)": uname -v */
	char *arch; /* "x86_64" */
	char *build_id; /* hexadecimal, of the vmlinux's .notes (NT_GNU_BUILD_ID) */
	char *compiler; /* "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0" */
	char *config_digest; /* SHA-256 of the .config, hexadecimal */
};

void kernel_id_clear(struct kernel_id *id);
void kernel_id_copy(struct kernel_id *into, const struct kernel_id *from);
/* False if either build-id is unknown. */
bool kernel_id_same(const struct kernel_id *a, const struct kernel_id *b);
void kernel_id_write(const struct kernel_id *id, json_value *into);
/* Hostile input is fine. */
int kernel_id_parse(const json_value *value, struct kernel_id *ret_id, struct error *err);

#endif
