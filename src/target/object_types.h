/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types (target/btf.h) of a kernel's objects, opened as they are asked for: those of vmlinux once, a
 * module's going on from them.
 */
#ifndef SUTURE_TARGET_OBJECT_TYPES_H
#define SUTURE_TARGET_OBJECT_TYPES_H

#include "base/error.h"
#include "base/memory.h"
#include "target/btf.h"
#include "target/shipped.h"

struct object_types;

struct object_types *object_types_new(const struct kernel *kernel); /* borrowed */
void object_types_free(struct object_types *types);
DEFINE_AUTO(object_types)
#define auto_object_types __attribute__((cleanup(auto_object_types_cleanup)))

/* *ret_btf is NULL where the kernel has no BTF. A module without the section has the types of vmlinux and
 * no others. Borrowed; `shipped` must live as long. */
int object_types_of(struct object_types *types, const struct shipped *shipped,
		    const struct btf **ret_btf, struct error *err);

#endif
