/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types that a kernel's objects were compiled with, as the kernel itself tells (BTF), against those
 * that a unit is compiled with here: structs and unions by name, each by size and by names, places and
 * widths of its members. Code does not show all of a type; a member that the shipped kernel has somewhere
 * else is seen here even where no function of the unit uses it.
 *
 * One name can mean several types in a kernel: the unit's must be one of them.
 */
#ifndef SUTURE_PROOF_LAYOUTS_H
#define SUTURE_PROOF_LAYOUTS_H

#include "base/text.h"
#include "elf/dwarf.h"
#include "target/btf.h"
#include "target/shipped.h"

struct kernel_layouts; /* of vmlinux or of a module, with those of vmlinux */

/* Borrows it. */
struct kernel_layouts *kernel_layouts_new(const struct btf *btf);
void kernel_layouts_free(struct kernel_layouts *layouts);
DEFINE_AUTO(kernel_layouts)
#define auto_kernel_layouts __attribute__((cleanup(auto_kernel_layouts_cleanup)))

/* Those of all objects of a kernel, as they are asked for. */
struct kernel_types;
struct kernel_types *kernel_types_new(const struct kernel *kernel); /* borrowed */
void kernel_types_free(struct kernel_types *types);
DEFINE_AUTO(kernel_types)
#define auto_kernel_types __attribute__((cleanup(auto_kernel_types_cleanup)))
/* For units of this object. *ret_layouts is NULL where the kernel has no BTF. */
int kernel_types_of(struct kernel_types *types, const struct shipped *shipped,
		    const struct kernel_layouts **ret_layouts, struct error *err);

/* Adds "struct foo: why" for each type of the unit that the kernel has in another form. Says how many
 * were compared; types that the kernel does not name are not. */
void kernel_layouts_compare(const struct kernel_layouts *layouts, const struct dwarf *dwarf,
			    struct text_list *differences, size_t *ret_compared);

#endif
