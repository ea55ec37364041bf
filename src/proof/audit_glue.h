/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files about a livepatch module's glue share. Private to src/proof. */
#ifndef SUTURE_PROOF_AUDIT_GLUE_H
#define SUTURE_PROOF_AUDIT_GLUE_H

#include "proof/audit_private.h"

struct glue_layout { /* offsets and sizes in bytes, from the kernel's own types */
	uint64_t name, init, exit, module_size; /* in struct module */
	uint64_t mod, objs, states, replace, patch_size; /* in struct klp_patch */
	uint64_t func_size, object_size, state_size;
};

/* The relocation at the offset, or NULL. The section may be NULL. */
const struct elf_reloc *glue_reloc(const struct elf_section *section, uint64_t offset);

/* audit_tables.c: the klp_patch there and the tables that it leads to, as the kernel walks them. */
void audit_tables(struct audit_work *work, const struct glue_layout *layout,
		  const struct elf_section *section, uint64_t offset);
/* audit_init.c: what it returns after klp_enable_patch() was content. */
void audit_init_result(struct audit_work *work, const struct elf_symbol *init);
void audit_struct_module(struct audit_work *work, const struct glue_layout *layout);

#endif
