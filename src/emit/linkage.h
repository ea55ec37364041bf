/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the module reaches a symbol of the running kernel: as an export, or through a livepatch
 * relocation with the object's name and the position among namesakes. Values always come from the
 * shipped symbol tables; the plain object only tells which namesake is this unit's.
 */
#ifndef SUTURE_EMIT_LINKAGE_H
#define SUTURE_EMIT_LINKAGE_H

#include <stdbool.h>
#include <string.h>

#include "base/map.h"
#include "diff/changeset.h"
#include "elf/object.h"
#include "model/rule.h"
#include "target/held.h"
#include "target/kernel.h"
#include "target/shipped.h"
#include "target/symbols.h"
#include "target/symvers.h"

#define VMLINUX "vmlinux"

static inline bool is_vmlinux(const char *object)
{
	return !strcmp(object, VMLINUX);
}

struct linkage { /* lives as long as its linkages */
	const char *name;
	const char *object; /* who has it: "vmlinux" or a module's name */
	unsigned sympos; /* include/linux/livepatch.h: 0 for a unique name */
	const struct export *export; /* resolved by the module loader as any export; else NULL */
	uint64_t address; /* vmlinux: as linked; module: offset into its section. 0 for exports */
	const char *section; /* of a module's symbol */
	bool is_weak; /* linked from a weak definition */
};

/* The tables of one kernel, opened as needed. */
struct linkages;

int linkages_open(const struct kernel *kernel, struct linkages **ret_linkages, struct error *err);
void linkages_free(struct linkages *linkages);
DEFINE_AUTO(linkages)
#define auto_linkages __attribute__((cleanup(auto_linkages_cleanup)))

const struct symvers *linkages_symvers(const struct linkages *linkages);
/* vmlinux or a module, by the kernel's name, as it was shipped. Borrowed. */
int linkages_shipped(struct linkages *linkages, const char *object,
		     const struct shipped **ret_shipped, struct error *err);
/* The table of vmlinux, or of a module by the kernel's name. */
int linkages_table(struct linkages *linkages, const char *object,
		   const struct symbol_table **ret_table, struct error *err);

/* Is `owner` there whenever `user` is? See target/held.h. */
int linkages_hold(struct linkages *linkages, const char *user, const char *owner, bool *ret_holds,
		  struct error *err);

/* Whose symbols are asked for: one unit of a patch. */
struct linkage_unit {
	const char *source; /* for findings */
	const char *object; /* "vmlinux" or the module it is part of */
	const char *plain; /* path of the object as shipped, to tell namesakes apart */
};

/* A symbol that the unit uses and does not define. NULL with a finding added if there is none or it
 * cannot be told which. */
const struct linkage *linkage_of_outside(struct linkages *linkages,
					 const struct linkage_unit *unit, const char *name,
					 struct finding_list *findings);
/* May the unit use this export of another object? It must be there as long as the unit's own is. Says
 * in a finding that it may, or why not. */
bool linkage_may_use(struct linkages *linkages, const struct linkage_unit *unit, const char *owner,
		     const char *name, struct finding_list *findings);
/* A symbol that the unit's original object defines. */
const struct linkage *linkage_of_own(struct linkages *linkages, const struct linkage_unit *unit,
				     const struct elf_symbol *symbol,
				     struct finding_list *findings);

/* The one global symbol of the name in the unit's object, exported or not: for klp_func. */
const struct linkage *linkage_of_global(struct linkages *linkages, const struct linkage_unit *unit,
					const char *name, struct finding_list *findings);

/*
 * Did the kernel take the ENDBR away from this function, because nobody took its address? An
 * indirect branch to it faults then (CONFIG_X86_KERNEL_IBT; section .ibt_endbr_seal, made by
 * tools/objtool/check.c, create_ibt_endbr_seal_sections(), applied by
 * arch/x86/kernel/alternative.c, apply_seal_endbr()).
 */
int linkage_is_sealed(struct linkages *linkages, const struct linkage *linkage, bool *ret_sealed,
		      struct error *err);

#endif
